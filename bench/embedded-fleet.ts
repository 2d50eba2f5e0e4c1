/** A generated fleet for the embedded engine, through the engine port alone. */
import {readFileSync} from 'node:fs'
import {connect} from 'node:net'

import type {DeckyRequest} from '../src/engines/engine.ts'
import type {Decky} from '../src/fleet/decky.ts'

export const OFFSET = 20_000
const SERVICES: Decky['services'] = [
  {name: 'ssh', ports: [{port: 22, protocol: 'tcp'}], options: {}},
  {name: 'http', ports: [{port: 80, protocol: 'tcp'}], options: {}},
  {name: 'redis', ports: [{port: 6379, protocol: 'tcp'}], options: {}},
]
export const PORTS: readonly number[] = SERVICES.flatMap(({ports}) => ports.map(({port}) => port + OFFSET))

/** The address of the nth host; `subnet` is its first two octets. */
export function hostAddress(subnet: string, index: number): string {
  return `${subnet}.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`
}

export function benchRequest(subnet: string, index: number): DeckyRequest {
  const decky: Decky = {
    name: `bench-${String(index).padStart(3, '0')}`,
    ip: hostAddress(subnet, index),
    mac: `00:50:56:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`,
    hostname: `bench-${index}`,
    os: 'linux',
    distro: 'debian',
    archetype: null,
    host: 'local',
    services: SERVICES,
    customServices: [],
    mutateInterval: null,
  }
  return {decky, domain: null, configHash: 'bench', generation: 1}
}

/** Runs `work` on every item, so many at a time. */
export async function eachOf<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({length: parallel}, worker))
}

/** Connects to every port, reads nothing, and closes: what a port scan does. Returns how many were open. */
export async function scan(subnet: string, count: number, parallel: number): Promise<number> {
  let open = 0
  const targets = Array.from({length: count}, (_, index) =>
    PORTS.map((port) => ({port, host: hostAddress(subnet, index)})),
  )
  await eachOf(targets.flat(), parallel, async (target) => {
    if (await connects(target)) open++
  })
  return open
}

function connects(target: {readonly port: number; readonly host: string}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target)
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}

/** Resident memory of a process in MB. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`the kernel tells no memory of process ${pid}`)
  return Number(kilobytes) / 1024
}

/** Processor time of a process so far, in ms: fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}
