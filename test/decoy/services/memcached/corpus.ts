/**
 * What clients, scanners and intruders send to memcached. Every entry is one connection to an empty server; every string
 * one write. The replies of a real 1.6.18 to exactly these bytes are in `test/fixtures/memcached/`, recorded by
 * `record.ts`.
 */
const lines = (...all: string[]): string => all.map((line) => `${line}\r\n`).join('')
const KEY_250 = 'k'.repeat(250)
const KEY_251 = 'k'.repeat(251)
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0%'

const packet = (opcode: number, parts: {extras?: string; key?: string; value?: string; cas?: number} = {}): string => {
  const {extras = '', key = '', value = '', cas = 0} = parts
  const head = Buffer.alloc(24)
  head.writeUInt8(0x80, 0)
  head.writeUInt8(opcode, 1)
  head.writeUInt16BE(key.length, 2)
  head.writeUInt8(extras.length, 4)
  head.writeUInt32BE(extras.length + key.length + value.length, 8)
  head.writeUInt32BE(0xcafe0000 + opcode, 12)
  head.writeBigUInt64BE(BigInt(cas), 16)
  return `${head.toString('latin1')}${extras}${key}${value}`
}
const word = (...values: number[]): string =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes
    }),
  ).toString('latin1')

export const CORPUS: Readonly<Record<string, readonly string[]>> = {
  'stats of nothing': [
    lines(
      'stats items',
      'stats slabs',
      'stats foo',
      'stats reset',
      'stats sizes',
      'stats extstore',
      'stats malloc',
      'stats noreply',
    ),
  ],
  'stats settings': [lines('verbosity 0', 'stats settings')],
  'stats of slabs': [
    lines('set a 0 0 3', 'abc', `set b 0 0 1000`, 'x'.repeat(1000), 'set c 0 0 9000', 'x'.repeat(9000), 'stats slabs'),
  ],
  'version, and what is no command': [
    lines('version', 'version x', 'VERSION', 'foo', '', 'help', 'auth a b', 'm', 'mgx'),
  ],
  'line ends': ['version\n', '\n', ' version\r\n', 'version \r\n', '\r\n\r\n'],
  http: [lines('GET / HTTP/1.0', '')],
  'http in the middle': [lines('version'), lines('POST /x HTTP/1.1', 'Host: x', '')],
  'http head': [lines('HEAD / HTTP/1.0', '')],
  'half of http': [lines('GET', 'GET a', 'POST', 'POST a', 'OPTIONS / RTSP/1.0', '')],
  get: [lines('set a 5 0 3', 'abc', 'get a', 'gets', 'get', 'get a b a', 'bget a', 'get  a', ' get a')],
  'keys of any length': [lines(`get ${KEY_250}`, `get ${KEY_251}`, `set ${KEY_250} 0 0 1`, 'x', `get ${KEY_250}`)],
  'a key too long to set': [lines(`set ${KEY_251} 0 0 1`, 'x')],
  'a NUL in the line': ['set a 0 0 1\r\nx\r\n', 'set a\0b 0 0 1\r\nx\r\nget a\0b\r\n'],
  'a tab and octets': [lines('get a\tb', 'get \xff\xfe', 'set \xff 0 0 2', '\0\x01', 'get \xff')],
  'words missing': [lines('set', 'set a', 'set a 0 0', 'cas a 0 0 1', 'set a 0 0 1 noreply x', 'y')],
  'wrong numbers': [
    lines(
      'set a 0 0 x',
      'set a 0 0 -1',
      'set a x 0 1',
      'a',
      'set a 0 x 1',
      'a',
      'set a -1 0 1',
      'a',
      'set a 1x 0 1',
      'a',
      'set a 0 0 2147483647',
    ),
  ],
  'odd numbers': [
    lines('set a 4294967296 0 1', 'x', 'get a', 'set a 4294967295 0 1', 'y', 'get a', 'set a +1 0 01', 'z', 'get a'),
  ],
  'a value of the wrong length': [
    lines('set a 0 0 3', 'abcd', 'set a 0 0 3', 'abcdefgh', 'version', 'set a 0 0 5', 'ab', 'version'),
  ],
  'an empty value': [lines('set a 0 0 0', '', 'get a')],
  noreply: [
    lines(
      'set a 0 0 3 noreply',
      'abc',
      'get a',
      'add a 0 0 1 noreply',
      'y',
      'incr a x noreply',
      'touch a x noreply',
      'flush_all x noreply',
      'mn',
      'verbosity 1 noreply',
      'cas a 0 0 1 1 noreply',
      'y',
      'delete a noreply',
      'get a',
    ),
  ],
  'noreply and what is wrong': [lines('set a x 0 1 noreply', 'mn', 'set a 0 0 3 noreply', 'abcdef', 'mn')],
  'too large for any item': [`set a 0 0 1048577\r\n${'x'.repeat(1_048_577)}\r\nmn\r\n`],
  'expired at once': [
    lines('set a 0 -1 1', 'a', 'get a', 'set a 0 2592001 1', 'a', 'get a', 'set a 0 9999999999 1', 'a', 'get a'),
  ],
  'add and replace': [
    lines('add b 0 0 1', '1', 'add b 0 0 1', '2', 'replace zz 0 0 1', '1', 'replace b 3 0 1', '3', 'get b'),
  ],
  'append and prepend': [
    lines('set b 7 0 1', '3', 'append b 0 0 2', 'XY', 'prepend b 0 0 2', 'PQ', 'get b', 'append no 0 0 1', 'a'),
  ],
  cas: [lines('set b 0 0 1', 'x', 'gets b', 'cas b 0 0 1 99999999', 'z', 'cas no 0 0 1 1', 'z', 'cas b 0 0 1 x', 'z')],
  incr: [
    lines(
      'set n 0 0 2',
      '10',
      'incr n 5',
      'decr n 100',
      'incr n -1',
      'incr n x',
      'incr n 5x',
      'incr n 005',
      'incr no 1',
      'incr n 18446744073709551610',
      'incr n 20',
      'get n',
      'incr n',
      'incr',
      'incr n 1 2 3 4',
    ),
  ],
  'decr leaves spaces': [lines('set n 9 0 2', '10', 'decr n 5', 'get n', 'incr n 99', 'get n')],
  'no number to count with': [
    lines(
      'set n 0 0 2',
      '1a',
      'incr n 1',
      'set n 0 0 0',
      '',
      'incr n 1',
      'set n 0 0 3',
      ' 10',
      'incr n 1',
      'set n 0 0 21',
      '123456789012345678901',
      'incr n 1',
    ),
  ],
  delete: [
    lines(
      'set n 0 0 1',
      'x',
      'delete n',
      'delete n',
      'delete',
      'delete n 0',
      'delete n 5',
      'delete n 0 noreply',
      'delete a b c',
    ),
  ],
  touch: [
    lines('set b 0 0 1', 'x', 'touch b 100', 'touch no 1', 'touch b', 'touch', 'touch b x', 'touch a 1 2 3', 'mg b t'),
  ],
  'get and touch': [lines('set b 0 0 1', 'x', 'gat 100 b', 'gats', 'gat', 'gat 1', 'gat x b', 'gat 50 b no', 'mg b t')],
  flush: [
    lines(
      'set b 0 0 1',
      'x',
      'flush_all',
      'get b',
      'flush_all x',
      'flush_all noreply',
      'flush_all -1',
      'flush_all 0',
      'flush_all 1 2 3',
    ),
  ],
  verbosity: [lines('verbosity', 'verbosity x', 'verbosity 1', 'verbosity 1 2', 'verbosity 1 2 3', 'verbosity 0')],
  quit: [lines('quit', 'version')],
  'quit with words': [lines('quit x')],
  'a long line that ends': [`${'x'.repeat(3000)}\r\n`],
  'a long line without end': ['x'.repeat(3000)],
  'many keys': [`get ${'a '.repeat(1100)}\r\n`],
  'meta noop': [lines('mn', 'mn x', 'mn a b c')],
  'meta get': [
    lines(
      'mg',
      'mg b',
      'mg no v',
      'mg no v q',
      'set b 5 0 2',
      'hi',
      'mg b v f t s k h l O123',
      'mg b v O12',
      'mg b',
      'mg b k O9',
      'mg no k O5',
      'mg no q k O5',
      'mg no O5 s v k',
      'mg b s v z',
      'mg b v v',
      'mg b q v',
      'mg b T50 t',
    ),
  ],
  'meta get, a key too long': [lines(`mg ${KEY_251}`)],
  'meta set': [
    lines(
      'ms b 2 T0 F5',
      'hi',
      'mg b v f t',
      'ms b',
      'ms b x',
      'ms b -1',
      'ms',
      'ms b 2 k O9',
      'hi',
      'ms b 2 q',
      'hi',
      'mn',
      'ms b 2 T100 F7',
      'yo',
      'mg b v t f s',
    ),
  ],
  'meta set with the size of old': [lines('ms b S2', 'hi')],
  'meta set modes': [
    lines(
      'ms b 2 ME',
      'hi',
      'ms b 2 ME',
      'hi',
      'ms c 2 MA',
      'hi',
      'ms b 2 MA',
      'hi',
      'ms b 2 MP k O1',
      'hi',
      'mg b v',
      'ms no 2 MR',
      'hi',
      'ms b 2 MX',
      'hi',
      'ms b 2 q MA',
      'hi',
      'ms no 2 q MR k',
      'hi',
      'mn',
    ),
  ],
  'meta set, refused': [lines('ms b 2', 'hello', 'ms b 2 b', 'hi', 'mn')],
  'meta set by number': [lines('ms b 2 C1', 'hi', 'ms b 2', 'hi', 'ms b 2 C9999999999', 'hi')],
  'meta set, a key too long': [lines(`ms ${KEY_251} 2`, 'hi')],
  'meta delete': [
    lines(
      'set b 0 0 1',
      'x',
      'md b',
      'md b',
      'md b q',
      'md b k O1 q',
      'md',
      'md b O1 k',
      `md ${KEY_251}`,
      'set b 0 0 1',
      'x',
      'md b q',
      'mn',
      'set b 0 0 1',
      'x',
      'md b C99999999',
    ),
  ],
  'meta arithmetic': [
    lines(
      'set n 0 0 2',
      '10',
      'ma n',
      'ma n v',
      'ma n D5 v',
      'ma n MD D3 v t',
      'ma n M- v',
      'ma no',
      'ma no N0 J13 v',
      'ma no v t',
      'ma n Dx',
      'ma',
      'ma n q k',
      'ma n k O1',
      'ma none q',
      'ma none N60 J9 v t',
      'set x 0 0 1',
      'x',
      'ma x',
      'ma n M1',
    ),
  ],
  'meta debug': [lines('set b 3 0 3', 'abc', 'me no', 'me', 'me a b c')],
  'meta, vivified': [lines('mg mm N30 v t s k', 'mg mm N30 v t', 'mg mm v t')],
  'meta, stale': [
    lines('set a 0 0 2', 'hi', 'md a I T30', 'mg a v t', 'mg a v t', 'get a', 'ms a 2', 'yo', 'mg a v t'),
  ],
  'meta, base64': [
    lines(
      'mg Ym9v b v k',
      'ms Ym9v 2 b',
      'hi',
      'mg Ym9v b v k',
      'get boo',
      'set a 0 0 1',
      'x',
      'mg YQ== b k v',
      'mg YQ b k',
      'mg Y! b',
      'mg a b',
    ),
  ],
  'every flag, get': [
    lines(
      'set n 0 0 1',
      '5',
      ...[...LETTERS].filter((each) => !'chlT'.includes(each)).map((letter) => `mg n ${letter}`),
    ),
  ],
  'every flag, get with an argument': [
    lines(
      'set n 0 0 1',
      '5',
      ...[...LETTERS].filter((each) => !'chlTRN'.includes(each)).map((letter) => `mg n ${letter}1`),
    ),
  ],
  'every flag, delete': [
    lines(...[...LETTERS].map((letter) => `md no ${letter}1`), ...[...LETTERS].map((letter) => `md no ${letter}`)),
  ],
  admin: [
    lines(
      'slabs',
      'slabs automove 1',
      'slabs automove 3',
      'slabs automove x',
      'slabs automove',
      'slabs foo',
      'slabs reassign x',
      'slabs reassign 1 1',
      'slabs reassign 0 99',
      'lru',
      'lru mode flat',
      'lru mode segmented',
      'lru mode foo',
      'lru mode',
      'lru tune 10 25 0.1 2.0',
      'lru tune 1',
      'lru temp_ttl 5',
      'lru foo',
    ),
  ],
  crawler: [
    lines(
      'lru_crawler',
      'lru_crawler enable',
      'lru_crawler foo',
      'lru_crawler crawl',
      'lru_crawler metadump',
      'lru_crawler sleep 100',
      'lru_crawler tocrawl 5',
    ),
  ],
  'more of the operator': [
    lines(
      'cache_memlimit',
      'cache_memlimit x',
      'cache_memlimit 1',
      'cache_memlimit 64',
      'refresh_certs',
      'debugtime',
      'misbehave',
      'shutdown',
      'shutdown graceful',
      'extstore x',
    ),
  ],
  watch: [lines('watch foo'), lines('watch fetchers')],
  'stats cachedump': [
    lines(
      'set a 0 0 3',
      'abc',
      'stats cachedump',
      'stats cachedump 1',
      'stats cachedump 1 0',
      'stats cachedump 99 1',
      'stats cachedump 0 1',
      'stats cachedump x 1',
    ),
  ],
  'stats detail': [lines('stats detail', 'stats detail foo')],
  'binary version': [packet(0x0b)],
  'binary get': [packet(0x00, {key: 'b'}), packet(0x0c, {key: 'b'}), packet(0x09, {key: 'b'}) + packet(0x0a)],
  'binary set': [
    packet(0x01, {extras: word(7, 0), key: 'b', value: 'hi'}).concat(packet(0x00, {key: 'b'})),
    packet(0x0c, {key: 'b'}),
    packet(0x11, {extras: word(7, 0), key: 'b', value: 'yo'}) + packet(0x0d, {key: 'b'}),
  ],
  'binary add, replace': [
    packet(0x02, {extras: word(0, 0), key: 'b', value: '1'}) + packet(0x02, {extras: word(0, 0), key: 'b', value: '1'}),
    packet(0x03, {extras: word(0, 0), key: 'no', value: '1'}),
  ],
  'binary append': [
    packet(0x01, {extras: word(0, 0), key: 'b', value: 'm'}) +
      packet(0x0e, {key: 'b', value: 'z'}) +
      packet(0x0f, {key: 'b', value: 'a'}) +
      packet(0x00, {key: 'b'}),
    packet(0x0e, {key: 'no', value: 'z'}),
  ],
  'binary delete': [
    packet(0x04, {key: 'b'}),
    packet(0x01, {extras: word(0, 0), key: 'b', value: 'x'}) + packet(0x04, {key: 'b'}),
  ],
  'binary counters': [
    packet(0x05, {extras: word(0, 1, 0, 5, 0), key: 'n'}) + packet(0x05, {extras: word(0, 2, 0, 5, 0), key: 'n'}),
    packet(0x06, {extras: word(0, 1, 0, 5, 0xffffffff), key: 'no'}),
    packet(0x01, {extras: word(0, 0), key: 's', value: 'x'}) + packet(0x05, {extras: word(0, 1, 0, 5, 0), key: 's'}),
  ],
  'binary number of a set that must match': [
    packet(0x01, {extras: word(0, 0), key: 'b', value: 'x'}) +
      packet(0x01, {extras: word(0, 0), key: 'b', value: 'y', cas: 999_999}),
  ],
  'binary touch': [
    packet(0x1c, {extras: word(50), key: 'b'}),
    packet(0x01, {extras: word(3, 0), key: 'b', value: 'x'}) +
      packet(0x1c, {extras: word(50), key: 'b'}) +
      packet(0x1d, {extras: word(50), key: 'b'}) +
      packet(0x23, {extras: word(50), key: 'b'}),
  ],
  'binary flush, noop, verbosity': [
    packet(0x08),
    packet(0x08, {extras: word(0)}),
    packet(0x0a),
    packet(0x1b, {extras: word(0)}),
  ],
  'binary stat of a group that is none': [packet(0x10, {key: 'foo'})],
  'binary quit': [packet(0x07)],
  'binary quit, quietly': [packet(0x17)],
  'binary sasl': [
    packet(0x20),
    packet(0x21, {key: 'PLAIN', value: '\0root\0secret'}),
    packet(0x22, {key: 'PLAIN', value: 'x'}),
  ],
  'binary sasl without a mechanism': [packet(0x21)],
  'binary unknown': [packet(0xff), packet(0x40), packet(0x0b)],
  'binary get without a key': [packet(0x00)],
  'binary set without extras': [packet(0x01, {key: 'b', value: 'x'})],
  'binary version with a key': [packet(0x0b, {key: 'x'})],
  'binary, then text': [packet(0x0a), `version\r\n${' '.repeat(24)}`],
  'binary, too large': [packet(0x01, {extras: word(0, 0), key: 'b', value: 'x'.repeat(1_048_577)}) + packet(0x0a)],
}
