/** A machine in a directory: what `/proc`, `/sys` and the rest say on it. */
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import type {NetworkInterfaceInfo} from 'node:os'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {onTestFinished} from 'vitest'

import {type Host, openHost} from '../../src/network/host.ts'

export interface FakeLink {
  readonly up?: boolean
  readonly carrier?: boolean
  /** ARPHRD_* of `if_arp.h`. */
  readonly type?: number
  readonly devtype?: string
  readonly promiscuous?: boolean
  readonly master?: string
  /** `10.0.0.2/24` */
  readonly cidr?: string
}

export class FakeHost {
  readonly root = mkdtempSync(join(tmpdir(), 'decnet-host-'))
  platform: NodeJS.Platform = 'linux'
  release = '6.1.0-21-amd64'
  readonly #links = new Map<string, FakeLink>()

  /** Call it inside a test. */
  constructor() {
    onTestFinished(() => rmSync(this.root, {recursive: true, force: true}))
    this.link('lo', {type: 772, cidr: '127.0.0.1/8'})
  }

  get host(): Host {
    const {root, platform, release} = this
    return openHost({root, platform, release, addresses: () => this.#addresses()})
  }

  write(path: string, content: string | Buffer): void {
    const at = join(this.root, path)
    mkdirSync(dirname(at), {recursive: true})
    writeFileSync(at, content)
  }

  remove(path: string): void {
    rmSync(join(this.root, path), {recursive: true, force: true})
  }

  /** Adds an interface, or makes it another. */
  link(name: string, facts: FakeLink): void {
    this.#links.set(name, facts)
    this.#writeLinks()
  }

  unlink(name: string): void {
    this.#links.delete(name)
    this.remove(`/sys/class/net/${name}`)
    this.#writeLinks()
  }

  #writeLinks(): void {
    const links = [...this.#links]
    const rows = links.map(([name]) => `${name.padStart(6)}:  1 2 0 0`)
    this.write('/proc/self/net/dev', ['Inter-|  Receive', ' face |bytes packets', ...rows, ''].join('\n'))
    const up = links.flatMap(([name, {up = true}], at) => (up ? [`${at + 1}\t${name}       :     1      V3`] : []))
    this.write('/proc/self/net/igmp', ['Idx\tDevice    : Count Querier', ...up, ''].join('\n'))
    for (const [at, [name, facts]] of links.entries()) this.#writeLink(name, facts, at + 1)
  }

  #writeLink(name: string, facts: FakeLink, index: number): void {
    const {up = true, carrier = true, type = 1, devtype, promiscuous = false, master} = facts
    const at = `/sys/class/net/${name}`
    this.remove(at)
    this.write(`${at}/ifindex`, `${index}\n`)
    this.write(`${at}/flags`, `0x${((up ? 1 : 0) + (promiscuous ? 0x100 : 0) + 0x1002).toString(16)}\n`)
    this.write(`${at}/type`, `${type}\n`)
    this.write(`${at}/uevent`, `${devtype === undefined ? '' : `DEVTYPE=${devtype}\n`}INTERFACE=${name}\n`)
    // The kernel answers EINVAL for an interface that is down.
    if (up) this.write(`${at}/carrier`, carrier ? '1\n' : '0\n')
    if (master !== undefined) symlinkSync(`../${master}`, join(this.root, at, 'master'))
  }

  #addresses(): ReturnType<Host['addresses']> {
    const running = [...this.#links].filter(
      ([, {up = true, carrier = true, cidr}]) => up && carrier && cidr !== undefined,
    )
    return Object.fromEntries(
      running.map(([name, {cidr = ''}]) => {
        const [address = ''] = cidr.split('/')
        return [name, [{address, cidr, family: 'IPv4'} as NetworkInterfaceInfo]]
      }),
    )
  }
}
