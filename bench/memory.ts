import {readdirSync, readFileSync} from 'node:fs'

/**
 * Proportional set size of every process whose command line holds `mark`, in MB, summed: pages that processes share are
 * counted once.
 */
export function sharedOnceMegabytes(mark: string): {readonly processes: number; readonly megabytes: number} {
  let processes = 0
  let kilobytes = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)) continue
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
      if (pss === undefined) continue
      processes++
      kilobytes += Number(pss)
    } catch {
      // The process ended meanwhile.
    }
  }
  return {processes, megabytes: kilobytes / 1024}
}
