/** What real clients do to web servers. */
import type {ClientRun} from './row.ts'

type Scheme = 'http' | 'https'

export const basicAuth = (user: string): ClientRun => ({
  name: 'curl -u',
  tool: 'curl',
  command: ({ip}) => ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', `${user}:letmein`, `http://${ip}/`],
  prints: /^401$/,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === user && credential.secret?.text === 'letmein',
    captured: 'plaintext',
  },
})

export const windowsAuth = (scheme: Scheme, flag: '--ntlm' | '--negotiate'): ClientRun => ({
  name: `curl ${flag}`,
  tool: 'curl',
  command: ({ip}) => [
    'curl',
    '-sk',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    flag,
    '-u',
    'CORP\\alice:Autumn-2025',
    `${scheme}://${ip}/`,
  ],
  prints: /^401$/,
  outcome: 'refused',
  ...(flag === '--negotiate'
    ? {}
    : {
        leaves: {
          event: 'auth.attempt' as const,
          matching: ({credential}) =>
            credential?.principal === 'alice' && credential.domain === 'CORP' && credential.hash?.hashcatMode === 5600,
          captured: 'NetNTLMv2 (5600)',
        },
      }),
})

export const digestAt = (ip: string, path: string): readonly [string, ...string[]] => [
  'curl',
  '-s',
  '-o',
  '/dev/null',
  '-w',
  '%{http_code}',
  '--digest',
  '-u',
  'bob:Spring',
  `http://${ip}${path}`,
]

export const digestAuth: ClientRun = {
  name: 'curl --digest',
  tool: 'curl',
  command: ({ip}) => digestAt(ip, '/'),
  prints: /^401$/,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === 'bob' && credential.hash?.hashcatMode === 11_400,
    captured: 'digest (11400)',
  },
}

/** Gets a page with a second client. */
export const wget = (scheme: Scheme, path: string, prints: RegExp): ClientRun => ({
  name: 'wget',
  tool: 'wget',
  command: ({ip}) => [
    'wget',
    '-q',
    '-O',
    '-',
    '--no-check-certificate',
    '--content-on-error',
    '--tries=1',
    `${scheme}://${ip}${path}`,
  ],
  prints,
  outcome: 'gets the page',
})

export const curl = (scheme: Scheme, path: string, prints: RegExp): ClientRun => ({
  name: 'curl',
  tool: 'curl',
  command: ({ip}) => ['curl', '-sik', `${scheme}://${ip}${path}`],
  prints,
  outcome: 'gets the page',
})

/** Posts a form, or other data, and is refused. */
export const form = (
  scheme: Scheme,
  path: string,
  data: string,
  prints: RegExp,
  secret: string,
  type?: string,
): ClientRun => ({
  name: `curl -d, ${path}`,
  tool: 'curl',
  command: ({ip}) => [
    'curl',
    '-sik',
    ...(type === undefined ? [] : ['-H', `Content-Type: ${type}`]),
    '-d',
    data,
    `${scheme}://${ip}${path}`,
  ],
  prints,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.secret?.text === secret && credential.outcome === 'failure',
    captured: 'plaintext',
  },
})
