import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {printerOf} from '../../../../src/decoy/persona/printer.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {createService as createHttp} from '../../../../src/decoy/services/http/server.ts'
import {dial, FACTS, jetDirectService, UEL} from './support.ts'

const {model, serial} = printerOf(new Persona(FACTS))
const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex')

describe('status readback', () => {
  it('tells the model that the web server and the serial number that all services tell', async () => {
    const {say} = dial(await jetDirectService())
    expect(say(`${UEL}@PJL INFO ID\r\n${UEL}`)).toBe(`@PJL INFO ID\r\n"${model.name}"\r\n\f`)
    expect(say('@PJL INFO CONFIG\r\n')).toContain(`SERIALNUMBER="${serial}"`)
    const web = (await createHttp(new Persona(FACTS), {product: 'printer'})).tcp?.(80)
    const session = web?.kind === 'protocol' ? web.session(connection()) : null
    const page = session?.feed(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')) ?? []
    const shown = page.flatMap((action) => (action.type === 'write' ? [action.data.toString('latin1')] : [])).join('')
    expect(shown).toContain(`Server: HP HTTP Server; ${model.name} - ${model.number}; Serial Number: ${serial};`)
  })

  it('answers without a UEL before it, and to names in lower case', async () => {
    const {say} = dial(await jetDirectService())
    expect(say('@PJL INFO STATUS\r\n')).toBe('@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY="Ready"\r\nONLINE=TRUE\r\n\f')
    expect(say('@pjl info status\n')).toContain('CODE=10001')
    expect(say('@PJL ECHO DELIMITER31337\r\n')).toBe('@PJL ECHO DELIMITER31337\r\n\f')
    expect(say('@PJL INFO NOTHING\r\n')).toBe('@PJL INFO NOTHING\r\n"?"\r\n\f')
    expect(say('@PJL FOO\r\n')).toBe('')
  })

  it('shows what was put on the display, to everybody and until it is taken away', async () => {
    const service = await jetDirectService({message: 'Bereit'})
    const [one, other] = [dial(service), dial(service)]
    expect(one.say('@PJL INFO STATUS\r\n')).toContain('DISPLAY="Bereit"')
    one.say('@PJL RDYMSG DISPLAY = "INSERT COIN"\r\n')
    expect(other.say('@PJL INFO STATUS\r\n')).toContain('DISPLAY="INSERT COIN"')
    one.say('@PJL OPMSG DISPLAY="CALL 0800"\r\n')
    expect(other.say('@PJL INFO STATUS\r\n')).toContain('CODE=10002\r\nDISPLAY="CALL 0800"\r\nONLINE=FALSE')
    one.say('@PJL RDYMSG DISPLAY=""\r\n')
    expect(other.say('@PJL INFO STATUS\r\n')).toContain('DISPLAY="Bereit"\r\nONLINE=TRUE')
  })

  it('lists its variables, and keeps what is set for the job or for good', async () => {
    const service = await jetDirectService()
    const {say} = dial(service)
    expect(say('@PJL INFO VARIABLES\r\n')).toMatch(/^@PJL INFO VARIABLES\r\nCOPIES=1 \[2 RANGE\]\r\n\t1\r\n\t32000\r\n/)
    say('@PJL SET COPIES=7\r\n@PJL DEFAULT DUPLEX=OFF\r\n@PJL SET COPIES=lots\r\n')
    expect(say('@PJL INQUIRE COPIES\r\n')).toBe('@PJL INQUIRE COPIES\r\n7\r\n\f')
    expect(say('@PJL DINQUIRE COPIES\r\n')).toBe('@PJL DINQUIRE COPIES\r\n1\r\n\f')
    expect(say('@PJL RESET\r\n@PJL INQUIRE COPIES\r\n')).toBe('@PJL INQUIRE COPIES\r\n1\r\n\f')
    expect(dial(service).say('@PJL INQUIRE LPARM:PCL DUPLEX\r\n')).toBe('@PJL INQUIRE LPARM:PCL DUPLEX\r\nOFF\r\n\f')
    expect(say('@PJL INQUIRE NOTHING\r\n')).toContain('"?"')
    expect(say('@PJL INITIALIZE\r\n@PJL DINQUIRE DUPLEX\r\n')).toContain('\r\nON\r\n')
  })

  it('tells of jobs and the display unasked, once it was asked to', async () => {
    const {say} = dial(await jetDirectService())
    say('@PJL USTATUS DEVICE=ON\r\n@PJL USTATUS JOB=ON\r\n')
    expect(say('@PJL RDYMSG DISPLAY="x"\r\n')).toBe(
      '@PJL USTATUS DEVICE\r\nCODE=10001\r\nDISPLAY="x"\r\nONLINE=TRUE\r\n\f',
    )
    expect(say('@PJL JOB NAME="a"\r\n')).toBe('@PJL USTATUS JOB\r\nSTART\r\nNAME="a"\r\n\f')
    expect(say(`@PJL ENTER LANGUAGE=PCL\r\n\x1bEx${UEL}`)).toBe('@PJL USTATUS JOB\r\nEND\r\nNAME="a"\r\nPAGES=1\r\n\f')
    say('@PJL USTATUSOFF\r\n')
    expect(say('@PJL JOB NAME="b"\r\n')).toBe('')
  })

  it('tells its status every so often, once it was asked to', async () => {
    const {session, say} = dial(await jetDirectService())
    const clock: {ms: number; make: () => readonly unknown[]}[] = []
    session.begin?.({perform: () => {}, performAfter: (ms, make) => clock.push({ms, make})})
    say('@PJL USTATUS TIMED=5\r\n')
    expect(clock[0]?.ms).toBe(5000)
    expect(JSON.stringify(clock[0]?.make())).toContain('write')
    expect(clock).toHaveLength(2)
  })
})

function connection() {
  return {
    peer: {ip: '192.168.1.77', port: 1},
    local: {ip: '192.168.1.5', port: 80},
    limits: DEFAULT_LIMITS,
    now: () => 0,
    random: (size: number) => Buffer.alloc(size),
  }
}

describe('what is printed', () => {
  it('is kept as evidence, with what PJL said of it', async () => {
    const {say, events, captures} = dial(await jetDirectService())
    const body = '\x1bE\x1b&l0OHello\f\x1bE'
    say(`${UEL}@PJL JOB NAME="plan.doc"\r\n@PJL SET USERNAME="bob"\r\n@PJL ENTER LANGUAGE=PCL\r\n${body}${UEL}`)
    expect(events.at(-1)).toMatchObject({
      event: 'file.write',
      data: {path: 'job/plan.doc', user: 'bob', language: 'PCL', size: body.length, sha256: sha256(body)},
    })
    expect(captures).toMatchObject([{data: {content: Buffer.from(body).toString('base64'), sha256: sha256(body)}}])
  })

  it.each([
    ['%!PS-Adobe\nshowpage\n', 'POSTSCRIPT'],
    ['%PDF-1.7\n', 'PDF'],
    ['just text\r\n', 'TEXT'],
    ['\x1bE', 'PCL'],
  ])('is recognised by its beginning: %j', async (body, language) => {
    const {say, hangUp, events} = dial(await jetDirectService())
    expect(say(body) + hangUp()).toBe('')
    expect(events).toMatchObject([{event: 'file.write', data: {language, sha256: sha256(body)}}])
  })

  it('is kept when the peer falls silent', async () => {
    const {say, session} = dial(await jetDirectService())
    say('%!PS\n')
    expect(session.timeout?.('idle')?.[0]).toMatchObject({type: 'event', event: {event: 'file.write'}})
  })
})

describe('the file system', () => {
  it('is listed, read and written, and every access is recorded', async () => {
    const {say, events} = dial(await jetDirectService())
    const root = say('@PJL FSDIRLIST NAME="0:\\" ENTRY=1 COUNT=65535\r\n')
    expect(root).toMatch(/^@PJL FSDIRLIST NAME="0:\\" ENTRY=1\r\n\. TYPE=DIR\r\n\.\. TYPE=DIR\r\nPJL TYPE=DIR\r\n/)
    const file = '0:\\webServer\\default\\csconfig'
    const size = /SIZE=(\d+)/.exec(say(`@PJL FSQUERY NAME="${file}"\r\n`))?.[1]
    const read = say(`@PJL FSUPLOAD NAME="${file}" OFFSET=0 SIZE=${size}\r\n`)
    expect(read).toMatch(/^@PJL FSUPLOAD FORMAT:BINARY NAME="[^"]+" OFFSET=0 SIZE=\d+\r\nhost-name: NPI010203\r\n/)
    expect(read).toContain('ldap-password: ')
    expect(events.find(({event}) => event === 'file.read')).toMatchObject({
      data: {path: '0:\\\\webServer\\\\default\\\\csconfig'},
    })
    say('@PJL FSDOWNLOAD FORMAT:BINARY SIZE=5 NAME="0:\\up.ps"\r\nab\r\nc')
    expect(events.at(-1)).toMatchObject({event: 'file.write', data: {size: 5, sha256: sha256('ab\r\nc')}})
    say('@PJL FSAPPEND FORMAT:BINARY SIZE=1 NAME="0:\\up.ps"\r\nd')
    expect(say('@PJL FSQUERY NAME="0:\\up.ps"\r\n')).toBe('@PJL FSQUERY NAME="0:\\up.ps" TYPE=FILE SIZE=6\r\n\f')
    say('@PJL FSDELETE NAME="0:\\up.ps"\r\n')
    expect(say('@PJL FSQUERY NAME="0:\\up.ps"\r\n')).toBe('@PJL FSQUERY NAME="0:\\up.ps"\r\nFILEERROR=3\r\n\f')
    say('@PJL FSMKDIR NAME="0:\\new"\r\n')
    expect(say('@PJL FSDIRLIST NAME="0:\\new" ENTRY=1 COUNT=9\r\n')).toContain('. TYPE=DIR\r\n.. TYPE=DIR\r\n\f')
    expect(say('@PJL FSQUERY NAME="1:\\x"\r\n')).toContain('FILEERROR=1')
  })

  it('has no way above it, and who looks for one is a probe', async () => {
    const {say, events} = dial(await jetDirectService())
    expect(say('@PJL FSUPLOAD NAME="0:\\..\\..\\etc\\passwd" OFFSET=0 SIZE=9\r\n')).toContain('FILEERROR=3')
    expect(events.map(({event}) => event)).toEqual(['command', 'probe'])
  })

  it('takes no file that is larger than the limit, and keeps its digest', async () => {
    const {say, events} = dial(await jetDirectService(), {uploadBytes: 10})
    say(`@PJL FSDOWNLOAD SIZE=20 NAME="0:/big"\r\n${'x'.repeat(20)}`)
    expect(events.at(-1)).toMatchObject({event: 'file.write', data: {size: 20, sha256: sha256('x'.repeat(20))}})
    expect(say('@PJL FSQUERY NAME="0:/big"\r\n')).toContain('FILEERROR=3')
  })

  it('is out of reach where filesystem = no', async () => {
    const {say, events} = dial(await jetDirectService({filesystem: false}))
    expect(say('@PJL FSDIRLIST NAME="0:\\" ENTRY=1\r\n')).toContain('FILEERROR=26')
    say('@PJL FSDOWNLOAD SIZE=1 NAME="0:/x"\r\ny@PJL ECHO on\r\n')
    expect(events.filter(({event}) => event === 'file.write')).toHaveLength(1)
    expect(say('@PJL INFO FILESYS\r\n')).not.toContain('READ-WRITE')
  })

  it('holds other lures on another decky', async () => {
    const secrets = async (seed: string): Promise<string> =>
      dial(await jetDirectService({}, {seed})).say('@PJL FSUPLOAD NAME="0:/webServer/config/soe.xml"\r\n')
    const [one, two] = [await secrets('11'.repeat(32)), await secrets('22'.repeat(32))]
    const password = (text: string): string | undefined => /password="([^"]+)"/.exec(text)?.[1]
    expect(password(one)).toBeDefined()
    expect(password(one)).not.toBe(password(two))
  })
})

describe('the PJL password', () => {
  it('guards the defaults, and guesses are recorded', async () => {
    const {say, events} = dial(await jetDirectService({password: 42_137}))
    say('@PJL DEFAULT COPIES=2\r\n@PJL JOB PASSWORD=1\r\n@PJL DEFAULT COPIES=3\r\n')
    expect(say('@PJL DINQUIRE COPIES\r\n')).toContain('\r\n1\r\n')
    say('@PJL JOB PASSWORD=42137\r\n@PJL DEFAULT COPIES=4\r\n')
    expect(say('@PJL DINQUIRE COPIES\r\n')).toContain('\r\n4\r\n')
    const attempts = events.filter(({event}) => event === 'auth.attempt').map(({credential}) => credential)
    expect(attempts).toMatchObject([
      {method: 'pjl', secret: {text: '1'}, outcome: 'failure'},
      {method: 'pjl', secret: {text: '42137'}, outcome: 'success'},
    ])
  })
})
