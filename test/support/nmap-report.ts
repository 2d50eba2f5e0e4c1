/** The parts of nmap's normal output (`-oN -`) that tell what it made of a machine. */

export interface PortReport {
  readonly port: number
  readonly protocol: string
  readonly state: string
  /** Service and version as printed, e.g. `ssh     OpenSSH 9.2p1 …`. */
  readonly version: string
  /** Output of scripts that ran on the port. */
  readonly scripts: string
}

export interface HostReport {
  readonly ip: string
  readonly ports: readonly PortReport[]
  /** The whole of the host's section. */
  readonly text: string
}

export function parseNmap(output: string): HostReport[] {
  return output
    .split(/^Nmap scan report for /m)
    .slice(1)
    .map((text) => ({
      ip: /^\S+(?: \(([\d.]+)\))?/.exec(text)?.[1] ?? text.split('\n')[0] ?? '',
      ports: ports(text),
      text,
    }))
}

function ports(text: string): PortReport[] {
  const found: {head: RegExpExecArray; lines: string[]}[] = []
  for (const line of text.split('\n')) {
    const head = /^(\d+)\/(tcp|udp)\s+(\S+)\s+(.*)$/.exec(line)
    if (head !== null) found.push({head, lines: []})
    else if (line.startsWith('|')) found.at(-1)?.lines.push(line)
  }
  return found.map(({head: [, port, protocol = '', state = '', version = ''], lines}) => ({
    port: Number(port),
    protocol,
    state,
    version: version.trim(),
    scripts: lines.join('\n'),
  }))
}
