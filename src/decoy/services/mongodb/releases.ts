/** MongoDB as its packages present themselves. What `buildInfo` says of 7.0.9 is that of the package for Debian 12. */
import {type BsonDocument, document} from '../../codecs/bson/values.ts'
import type {Persona} from '../../persona.ts'
import type {MONGODB_VERSIONS} from './definition.ts'

export type Version = (typeof MONGODB_VERSIONS)[number]

export interface Release {
  readonly version: Version
  readonly major: number
  readonly wireVersion: number
  /** Commands by OP_QUERY, other than those that begin a connection, are answered. */
  readonly legacy: boolean
  readonly buildInfo: BsonDocument
}

const NEW = new Set(['debian', 'ubuntu22', 'rocky9', 'fedora', 'kali', 'arch', 'alpine', 'windows2022', 'windows11'])

const FACTS: Readonly<Record<Version, {git: string; wire: number; engines: readonly string[]}>> = {
  '4.4.29': {
    git: 'f4dda329a99811c707eb06d05ad023599f9be263',
    wire: 9,
    engines: ['biggie', 'devnull', 'ephemeralForTest', 'wiredTiger'],
  },
  '7.0.9': {git: '3ff3a3925c36ed277cf5eafca5495f2e3728dd67', wire: 21, engines: ['devnull', 'wiredTiger']},
}

/** Which of the vendor's packages a distro takes, and the OpenSSL it runs with. */
const PACKAGES: Readonly<Record<string, {distmod: string; openssl: string}>> = {
  debian: {distmod: 'debian12', openssl: 'OpenSSL 3.0.11 19 Sep 2023'},
  kali: {distmod: 'debian12', openssl: 'OpenSSL 3.0.11 19 Sep 2023'},
  ubuntu22: {distmod: 'ubuntu2204', openssl: 'OpenSSL 3.0.2 15 Mar 2022'},
  ubuntu20: {distmod: 'ubuntu2004', openssl: 'OpenSSL 1.1.1f  31 Mar 2020'},
  rocky9: {distmod: 'rhel90', openssl: 'OpenSSL 3.0.7 1 Nov 2022'},
  centos7: {distmod: 'rhel70', openssl: 'OpenSSL 1.0.1e-fips 11 Feb 2013'},
}
/** Elsewhere it runs in a container of the vendor's image. */
const IMAGE: Readonly<Record<Version, {distmod: string; openssl: string}>> = {
  '4.4.29': {distmod: 'ubuntu2004', openssl: 'OpenSSL 1.1.1f  31 Mar 2020'},
  '7.0.9': {distmod: 'ubuntu2204', openssl: 'OpenSSL 3.0.2 15 Mar 2022'},
}
/** Packages there are for that version. */
const OFFERED: Readonly<Record<Version, readonly string[]>> = {
  '4.4.29': ['ubuntu20', 'centos7'],
  '7.0.9': ['debian', 'kali', 'ubuntu22', 'rocky9'],
}

const WARNINGS =
  '-Wno-unused-local-typedefs -Wno-unused-function -Wno-deprecated-declarations -Wno-unused-const-variable -Wno-unused-but-set-variable -Wno-missing-braces -fstack-protector-strong'
const HARDENING = '-Wl,--build-id -Wl,--hash-style=gnu -Wl,-z,noexecstack -Wl,--warn-execstack -Wl,-z,relro'

const BUILDS: Readonly<Record<Version, Readonly<Record<string, string>>>> = {
  '4.4.29': {
    cc: '/opt/mongodbtoolchain/v3/bin/gcc: gcc (GCC) 8.5.0',
    ccflags: `-fno-omit-frame-pointer -fno-strict-aliasing -fasynchronous-unwind-tables -ggdb -pthread -Wall -Wsign-compare -Wno-unknown-pragmas -Winvalid-pch -Werror -O2 ${WARNINGS} -fno-builtin-memcmp`,
    cxx: '/opt/mongodbtoolchain/v3/bin/g++: g++ (GCC) 8.5.0',
    cxxflags: '-Woverloaded-virtual -Wno-maybe-uninitialized -fsized-deallocation -std=c++17',
    linkflags: `-pthread -Wl,-z,now -rdynamic -Wl,--fatal-warnings -fstack-protector-strong -fuse-ld=gold -Wl,--no-threads ${HARDENING} -Wl,-z,origin -Wl,--enable-new-dtags`,
    target_arch: 'x86_64',
    target_os: 'linux',
  },
  '7.0.9': {
    cc: '/opt/mongodbtoolchain/v4/bin/gcc: gcc (GCC) 11.3.0',
    ccflags: `-Werror -include mongo/platform/basic.h -ffp-contract=off -fasynchronous-unwind-tables -g2 -Wall -Wsign-compare -Wno-unknown-pragmas -Winvalid-pch -gdwarf-5 -fno-omit-frame-pointer -fno-strict-aliasing -O2 -march=sandybridge -mtune=generic -mprefer-vector-width=128 ${WARNINGS} -gdwarf64 -Wa,--nocompress-debug-sections -fno-builtin-memcmp -Wimplicit-fallthrough=5`,
    cxx: '/opt/mongodbtoolchain/v4/bin/g++: g++ (GCC) 11.3.0',
    cxxflags:
      '-Woverloaded-virtual -Wpessimizing-move -Wno-maybe-uninitialized -fsized-deallocation -Wno-deprecated -std=c++20',
    linkflags: `-Wl,--fatal-warnings -B/opt/mongodbtoolchain/v4/bin -gdwarf-5 -pthread -Wl,-z,now -fuse-ld=lld -fstack-protector-strong -gdwarf64 ${HARDENING} -Wl,--compress-debug-sections=none -Wl,-z,origin -Wl,--enable-new-dtags`,
    target_arch: 'x86_64',
    target_os: 'linux',
    cppdefines:
      'SAFEINT_USE_INTRINSICS 0 PCRE2_STATIC NDEBUG _XOPEN_SOURCE 700 _GNU_SOURCE _FORTIFY_SOURCE 2 ABSL_FORCE_ALIGNED_ACCESS BOOST_ENABLE_ASSERT_DEBUG_HANDLER BOOST_FILESYSTEM_NO_CXX20_ATOMIC_REF BOOST_LOG_NO_SHORTHAND_NAMES BOOST_LOG_USE_NATIVE_SYSLOG BOOST_LOG_WITHOUT_THREAD_ATTR BOOST_MATH_NO_LONG_DOUBLE_MATH_FUNCTIONS BOOST_SYSTEM_NO_DEPRECATED BOOST_THREAD_USES_DATETIME BOOST_THREAD_VERSION 5',
  },
}

export const MAX_BSON = 16_777_216

export function releaseOf({facts}: Persona, chosen: Version | null): Release {
  const version = chosen ?? (NEW.has(facts.distro) ? '7.0.9' : '4.4.29')
  const {wire, git, engines} = FACTS[version]
  const own = OFFERED[version].includes(facts.distro) ? PACKAGES[facts.distro] : undefined
  const {distmod, openssl} = own ?? IMAGE[version]
  const numbers = version.split('.').map(Number)
  return {
    version,
    major: numbers[0] ?? 0,
    wireVersion: wire,
    legacy: wire < 14,
    buildInfo: document({
      version,
      gitVersion: git,
      modules: [],
      allocator: 'tcmalloc',
      javascriptEngine: 'mozjs',
      sysInfo: 'deprecated',
      versionArray: [...numbers, 0],
      openssl: document({running: openssl, compiled: openssl}),
      buildEnvironment: document({distmod, distarch: 'x86_64', ...BUILDS[version]}),
      bits: 64,
      debug: false,
      maxBsonObjectSize: MAX_BSON,
      storageEngines: [...engines],
    }),
  }
}
