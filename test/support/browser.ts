/** Chromium without a window, over its debugging protocol: what a page shows, says and asks for. */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Readable, Writable} from 'node:stream'

const ANSWER_MS = 30_000

export interface PageSize {
  readonly width: number
  readonly height: number
  /** Touch, and as many pixels as a phone has. */
  readonly mobile: boolean
}

/** What a page at a size is like. */
export interface PageLook {
  /** Width of all there is; more than that of the page where something sticks out. */
  readonly contentWidth: number
  readonly contentHeight: number
  readonly text: string
  /** PNG of the whole page. */
  readonly picture: Buffer
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: {readonly message: string}
}

export class Browser {
  /** What pages complained of: errors of scripts, of the console and of policies. */
  readonly complaints: string[] = []
  /** What pages asked for, themselves included. */
  readonly requests: string[] = []
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #commands: Writable
  readonly #waiting = new Map<number, (message: Message) => void>()
  readonly #listeners = new Map<string, () => void>()
  #session = ''
  #sent = 0

  private constructor(child: ChildProcess, profile: string) {
    this.#process = child
    this.#profile = profile
    const [, , , commands, events] = child.stdio
    this.#commands = commands as Writable
    this.#read(events as Readable)
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'decnet-browser-'))
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--remote-debugging-pipe',
    ]
    const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update']
    const args = [...flags, ...quiet, `--user-data-dir=${profile}`, 'about:blank']
    const child = spawn('chromium', args, {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']})
    const browser = new Browser(child, profile)
    const {targetId} = await browser.#ask('Target.createTarget', {url: 'about:blank'})
    const {sessionId} = await browser.#ask('Target.attachToTarget', {targetId, flatten: true})
    browser.#session = String(sessionId)
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await browser.#ask(`${domain}.enable`)
    return browser
  }

  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#listeners.set('Page.loadEventFired', resolve))
    await this.#ask('Page.navigate', {url})
    await loaded
  }

  async look({width, height, mobile}: PageSize): Promise<PageLook> {
    await this.#ask('Emulation.setDeviceMetricsOverride', {width, height, mobile, deviceScaleFactor: 1})
    const expression = `JSON.stringify([document.documentElement.scrollWidth, document.documentElement.scrollHeight, document.body.innerText])`
    const {result} = await this.#ask('Runtime.evaluate', {expression})
    const [contentWidth, contentHeight, text] = JSON.parse(String((result as {value?: unknown}).value)) as [
      number,
      number,
      string,
    ]
    const clip = {x: 0, y: 0, width, height: contentHeight, scale: 1}
    const {data} = await this.#ask('Page.captureScreenshot', {format: 'png', captureBeyondViewport: true, clip})
    return {contentWidth, contentHeight, text, picture: Buffer.from(String(data), 'base64')}
  }

  /** As A4 pages. */
  async print(): Promise<Buffer> {
    const {data} = await this.#ask('Page.printToPDF', {paperWidth: 8.27, paperHeight: 11.69, printBackground: false})
    return Buffer.from(String(data), 'base64')
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    if (this.#process.exitCode === null && this.#process.signalCode === null) await ended
    rmSync(this.#profile, {recursive: true, force: true, maxRetries: 5})
  }

  #ask(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.#sent += 1
    const id = this.#sent
    const session = this.#session === '' ? {} : {sessionId: this.#session}
    this.#commands.write(`${JSON.stringify({id, method, params, ...session})}\0`)
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method}: no answer`)), ANSWER_MS)
      this.#waiting.set(id, ({result = {}, error}) => {
        clearTimeout(late)
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${error.message}`))
      })
    })
  }

  /** Messages end in a NUL. */
  #read(events: Readable): void {
    let rest = ''
    events.setEncoding('utf8')
    events.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0')
      rest = parts.pop() ?? ''
      for (const part of parts) this.#take(JSON.parse(part) as Message)
    })
  }

  #take(message: Message): void {
    const {id, method = '', params = {}} = message
    if (id !== undefined) {
      this.#waiting.get(id)?.(message)
      this.#waiting.delete(id)
      return
    }
    if (method === 'Network.requestWillBeSent') this.requests.push(String((params.request as {url?: string}).url))
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded' || method === 'Runtime.consoleAPICalled')
      this.complaints.push(JSON.stringify(params))
    this.#listeners.get(method)?.()
  }
}
