/** The intranet sign-in of `page = login`: it refuses everyone but the honey credentials of the fleet file. */
import type {Persona} from '../../../persona.ts'
import type {Connection} from '../../../service.ts'
import type {Application, AppResponse} from '../products/product.ts'
import {header, type RequestBody, type RequestHead} from '../request/message.ts'
import {splitTarget} from '../site/path.ts'
import {formLogin, type Verify} from './credentials.ts'
import {formFields} from './fields.ts'
import {homePage, signInPage} from './pages.ts'

/** Sessions that are remembered; the oldest is forgotten first. */
const SESSIONS_LIMIT = 256
const COOKIE = 'sid'
const SIGN_IN = '/login'
const PATHS: ReadonlySet<string> = new Set(['/', SIGN_IN, '/logout'])
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

const HTML = ['Content-Type', 'text/html; charset=UTF-8'] as const
const NO_STORE = ['Cache-Control', 'no-store, no-cache, must-revalidate'] as const

export class SignIn implements Application {
  readonly #title: string
  readonly #persona: Persona
  readonly #verify: Verify
  /** Token → user. */
  readonly #sessions = new Map<string, string>()

  constructor(title: string, persona: Persona, verify: Verify) {
    this.#title = title
    this.#persona = persona
    this.#verify = verify
  }

  /** Whether a request is this application's; others are the static site's. */
  claims(head: RequestHead): boolean {
    return METHODS.has(head.method) && head.version.major > 0 && PATHS.has(splitTarget(head.target).path)
  }

  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    const {path} = splitTarget(head.target)
    const token = cookie(head, COOKIE)
    if (path === '/logout') return this.#signOut(token)
    if (head.method === 'POST') return this.#signIn(head, body, connection)
    const user = token === null ? undefined : this.#sessions.get(token)
    if (user === undefined) return page(signInPage(this.#title, this.#persona, null))
    return path === SIGN_IN ? redirect('/') : page(homePage(this.#title, user, this.#persona, connection.now()))
  }

  #signIn(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    const login = formLogin(formFields(header(head.headers, 'content-type') ?? '', body.captured))
    if (login === null) return page(signInPage(this.#title, this.#persona, null))
    if (!this.#verify(login)) return page(signInPage(this.#title, this.#persona, login.name))
    const token = connection.random(16).toString('hex')
    const [oldest] = this.#sessions.keys()
    if (oldest !== undefined && this.#sessions.size >= SESSIONS_LIMIT) this.#sessions.delete(oldest)
    this.#sessions.set(token, login.name)
    return redirect('/', ['Set-Cookie', `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax`])
  }

  #signOut(token: string | null): AppResponse {
    if (token !== null) this.#sessions.delete(token)
    return redirect(SIGN_IN, ['Set-Cookie', `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`])
  }
}

const page = (html: string): AppResponse => ({
  status: 200,
  reason: 'OK',
  headers: [HTML, NO_STORE],
  body: Buffer.from(html, 'utf8'),
})

const redirect = (location: string, cookie?: readonly [string, string]): AppResponse => ({
  status: 302,
  reason: 'Found',
  headers: [HTML, ['Location', location], NO_STORE, ...(cookie === undefined ? [] : [cookie])],
  body: Buffer.alloc(0),
})

function cookie(head: RequestHead, name: string): string | null {
  const pairs = (header(head.headers, 'cookie') ?? '').split(';', 64).map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}
