/** The kernel a persona runs, the same for every service that lets it show. */
import type {PersonaFacts} from './persona.ts'

/** A release each distro really shipped, `uname -r`. */
const RELEASES: Readonly<Record<string, string>> = {
  debian: '6.1.0-18-amd64',
  ubuntu22: '5.15.0-105-generic',
  ubuntu20: '5.4.0-177-generic',
  rocky9: '5.14.0-427.13.1.el9_4.x86_64',
  centos7: '3.10.0-1160.114.2.el7.x86_64',
  alpine: '6.6.28-0-lts',
  fedora: '6.8.7-300.fc40.x86_64',
  kali: '6.6.15-amd64',
  arch: '6.8.7-arch1-1',
}
const OTHER = '6.1.0-18-amd64'

/** Of a distro that is no Linux: that of the machine its Linux services would run on. */
export function kernelRelease(facts: PersonaFacts): string {
  return RELEASES[facts.distro] ?? OTHER
}
