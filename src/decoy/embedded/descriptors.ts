/** How many files, and so connections, this process may have open (`RLIMIT_NOFILE`). Node raises the soft limit itself. */
import {readFileSync} from 'node:fs'

/** Kept for the runtime's own files, libraries loaded late, control connections and sockets on their way out. */
export const RESERVED = 96
/** Where the system does not say. */
const ASSUMED = 1024

export function descriptorLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    if (soft === 'unlimited') return Number.MAX_SAFE_INTEGER
    return soft === undefined ? ASSUMED : Number(soft)
  } catch {
    return reportedLimit()
  }
}

function reportedLimit(): number {
  const report = process.report?.getReport() as {userLimits?: {open_files?: {soft?: number | string}}} | undefined
  const soft = report?.userLimits?.open_files?.soft
  if (soft === 'unlimited') return Number.MAX_SAFE_INTEGER
  return typeof soft === 'number' ? soft : ASSUMED
}
