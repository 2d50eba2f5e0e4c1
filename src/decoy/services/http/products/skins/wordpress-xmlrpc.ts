/** XML-RPC of WordPress: the way by which most passwords are guessed. */
import type {NameAndPassword} from '../../login/credentials.ts'
import type {AppResponse} from '../product.ts'
import {type Asked, answer} from './pages.ts'
import type {SkinFacts} from './skin.ts'

const XML = ['Content-Type', 'text/xml; charset=UTF-8'] as const
const METHOD = /<methodName>\s{0,16}([\w.]{1,64})\s{0,16}<\/methodName>/
const STRING = /<value>\s{0,16}(?:<string>([^<]{0,1024})<\/string>|([^<\s][^<]{0,1023})<\/value>)/g
const METHODS = ['system.listMethods', 'system.multicall', 'wp.getUsersBlogs', 'wp.getPosts', 'pingback.ping']

export function xmlRpc({head, body}: Asked, {verify}: SkinFacts): AppResponse {
  if (head.method !== 'POST') {
    const headers = [
      ['Allow', 'POST'],
      ['Content-Type', 'text/plain;charset=UTF-8'],
    ] as const
    return answer(405, headers, 'XML-RPC server accepts POST requests only.')
  }
  const text = body.captured.toString('latin1')
  const [, method = ''] = METHOD.exec(text) ?? []
  if (method === '') return fault(-32_700, 'parse error. not well formed')
  if (method === 'system.listMethods') return params(`<array><data>${METHODS.map(string).join('')}</data></array>`)
  const login = loginOf(text)
  if (login === null) return fault(-32_601, `server error. requested method ${method} does not exist.`)
  const success = verify(login)
  const attempt = {login, method: 'xmlrpc', success}
  if (!success) return {...fault(403, 'Incorrect username or password.'), attempt}
  return {...params('<array><data></data></array>'), attempt}
}

/** The first two texts that are no numbers: name and password of nearly every method. */
function loginOf(text: string): NameAndPassword | null {
  const [name, password] = [...text.slice(0, 16_384).matchAll(STRING)].map(([, typed, bare]) => typed ?? bare ?? '')
  return name === undefined || password === undefined ? null : {name: plain(name), password: plain(password)}
}

const plain = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

const string = (text: string): string => `<value><string>${text}</string></value>`

const params = (value: string): AppResponse =>
  answer(
    200,
    [XML],
    `<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>\n<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>\n`,
  )

const fault = (code: number, text: string): AppResponse =>
  answer(
    200,
    [XML],
    `<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>\n<fault>\n<value>\n<struct>\n<member><name>faultCode</name><value><int>${code}</int></value></member>\n` +
      `<member><name>faultString</name>${string(text)}</member>\n</struct>\n</value>\n</fault>\n</methodResponse>\n`,
  )
