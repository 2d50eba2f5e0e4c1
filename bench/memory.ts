import {readFileSync} from 'node:fs'

/**
 * Proportional set size of these processes in MB, summed: pages that they share (the node binary, its libraries) are
 * counted once over all of them.
 */
export function sharedOnceMegabytes(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    if (pss === undefined) throw new Error(`the kernel tells no Pss of process ${pid}`)
    return Number(pss)
  })
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024
}
