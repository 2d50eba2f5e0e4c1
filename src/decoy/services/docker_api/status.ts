/** What `docker ps` prints of a container. */
import type {Container} from './state.ts'

/** As a shell would take it; words with blanks are quoted. */
export function commandLine({path, args}: Container): string {
  return [path, ...args.map((word) => (/[ ']/.test(word) ? `'${word}'` : word))].join(' ').trim()
}

export function status({state, startedAt, finishedAt, exitCode}: Container, now: number): string {
  switch (state) {
    case 'created':
      return 'Created'
    case 'running':
      return `Up ${duration(now - startedAt)}`
    case 'paused':
      return `Up ${duration(now - startedAt)} (Paused)`
    case 'exited':
      return `Exited (${exitCode}) ${duration(now - finishedAt)} ago`
    default:
      return state satisfies never
  }
}

/** go-units, HumanDuration. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.round(seconds / 3600)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(seconds / 86_400 / 365)} years`
}
