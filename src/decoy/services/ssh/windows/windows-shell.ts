/** `cmd.exe` behind Win32-OpenSSH: the few commands with which an intruder looks around, and nothing of Linux. */
import type {Persona} from '../../../persona.ts'
import type {Input, Output} from '../../../shell/io.ts'

const BUILDS: Readonly<Record<string, string>> = {
  windows10: '10.0.19045.4651',
  windows11: '10.0.22631.3880',
  windows2019: '10.0.17763.6054',
  windows2022: '10.0.20348.2582',
}

type WindowsCommand = (args: readonly string[]) => readonly string[] | null

export class WindowsShell {
  readonly #persona: Persona
  readonly #user: string
  readonly #home: string
  readonly #commands: Readonly<Record<string, WindowsCommand>>
  #cwd: string
  #over = false

  constructor(persona: Persona, user: string) {
    this.#persona = persona
    this.#user = user
    this.#home = `C:\\Users\\${user}`
    this.#cwd = this.#home
    const {hostname} = persona
    const domain = (persona.facts.domain?.split('.')[0] ?? hostname).toLowerCase()
    this.#commands = {
      whoami: () => [`${domain}\\${user}`],
      hostname: () => [hostname],
      ver: () => ['', `Microsoft Windows [Version ${this.#build}]`, ''],
      echo: (args) => [args.join(' ').replace(/%(\w+)%/g, (whole, name) => this.#variable(String(name)) ?? whole)],
      cd: (args) => this.#changeDirectory(args),
      chdir: (args) => this.#changeDirectory(args),
      dir: () => this.#directory(),
      ipconfig: () => this.#ipconfig(),
      systeminfo: () => this.#systemInfo(),
      set: () => ['COMPUTERNAME', 'OS', 'USERNAME', 'USERPROFILE'].map((name) => `${name}=${this.#variable(name)}`),
      cls: () => ['\x1b[2J\x1b[H'],
      exit: () => {
        this.#over = true
        return []
      },
      net: (args) => this.#net(args),
      type: () => null,
      tasklist: () => this.#tasks(),
    }
  }

  get #build(): string {
    return BUILDS[this.#persona.facts.distro] ?? BUILDS.windows2019 ?? ''
  }

  async interactive(input: Input, output: Output, ran: (line: string, exit: number) => void): Promise<number> {
    output.write(`Microsoft Windows [Version ${this.#build}]\r\n(c) Microsoft Corporation. All rights reserved.\r\n`)
    while (!this.#over) {
      const line = await input.line({
        prompt: `\r\n${this.#user.toLowerCase()}@${this.#persona.hostname.toUpperCase()} ${this.#cwd}>`,
        echo: true,
      })
      if (line === null) break
      if (line.trim() !== '') ran(line, this.run(line, output))
    }
    return 0
  }

  run(line: string, output: Output): number {
    const text = line.trim().replace(/^(?:cmd(?:\.exe)?\s+\/c\s+)/i, '')
    const [word = '', ...args] = text.split(/\s+/).slice(0, 256)
    const name = word.toLowerCase().replace(/\.exe$/, '')
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined
    if (command === undefined) {
      output.write(
        `'${word.slice(0, 256)}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`,
      )
      return 1
    }
    const lines = command(args)
    if (lines === null) {
      output.write('The system cannot find the file specified.\r\n')
      return 1
    }
    for (const shown of lines) output.write(`${shown}\r\n`)
    return 0
  }

  #variable(name: string): string | undefined {
    const values: Readonly<Record<string, string>> = {
      COMPUTERNAME: this.#persona.hostname.toUpperCase(),
      OS: 'Windows_NT',
      USERNAME: this.#user,
      USERPROFILE: this.#home,
    }
    return values[name.toUpperCase()]
  }

  #changeDirectory(args: readonly string[]): readonly string[] {
    const target = args.filter((arg) => arg.toLowerCase() !== '/d').join(' ')
    if (target === '') return [this.#cwd]
    const known = ['C:\\', 'C:\\Windows', 'C:\\Users', 'C:\\Program Files', 'C:\\Windows\\System32', this.#home]
    const parent = this.#cwd.slice(0, Math.max(2, this.#cwd.lastIndexOf('\\')))
    const wanted = target === '..' ? (parent === 'C:' ? 'C:\\' : parent) : target
    const found = known.find((path) => path.toLowerCase() === wanted.toLowerCase())
    if (found === undefined) return ['The system cannot find the path specified.']
    this.#cwd = found
    return []
  }

  #directory(): readonly string[] {
    const serial = this.#persona
      .bytes('volume serial', 4)
      .toString('hex')
      .toUpperCase()
      .replace(/^(.{4})/, '$1-')
    const date = '11/14/2023  09:12 AM'
    const names =
      this.#cwd === 'C:\\' ? ['PerfLogs', 'Program Files', 'Users', 'Windows'] : ['Desktop', 'Documents', 'Downloads']
    return [
      ' Volume in drive C has no label.',
      ` Volume Serial Number is ${serial}`,
      '',
      ` Directory of ${this.#cwd}`,
      '',
      ...names.map((name) => `${date}    <DIR>          ${name}`),
      '               0 File(s)              0 bytes',
      `               ${names.length} Dir(s)  ${this.#persona.integer('free bytes', 20_000_000_000, 90_000_000_000).toLocaleString('en-US')} bytes free`,
    ]
  }

  #ipconfig(): readonly string[] {
    const {ip, domain} = this.#persona.facts
    const gateway = `${ip.split('.').slice(0, 3).join('.')}.1`
    return [
      '',
      'Windows IP Configuration',
      '',
      '',
      'Ethernet adapter Ethernet0:',
      '',
      `   Connection-specific DNS Suffix  . : ${domain ?? ''}`,
      `   IPv4 Address. . . . . . . . . . . : ${ip}`,
      '   Subnet Mask . . . . . . . . . . . : 255.255.255.0',
      `   Default Gateway . . . . . . . . . : ${gateway}`,
    ]
  }

  #systemInfo(): readonly string[] {
    const build = this.#build.split('.')
    return [
      '',
      `Host Name:                 ${this.#persona.hostname.toUpperCase()}`,
      `OS Version:                ${build.slice(0, 3).join('.')} N/A Build ${build[2]}`,
      'System Type:               x64-based PC',
      `Domain:                    ${this.#persona.facts.domain ?? 'WORKGROUP'}`,
    ]
  }

  #net(args: readonly string[]): readonly string[] | null {
    if (args[0]?.toLowerCase() !== 'user')
      return ['The syntax of this command is:', '', 'NET [ ACCOUNTS | GROUP | LOCALGROUP | USE | USER | VIEW ]']
    if (args.length > 1) return ['System error 5 has occurred.', '', 'Access is denied.']
    return [
      '',
      `User accounts for \\\\${this.#persona.hostname.toUpperCase()}`,
      '',
      '-'.repeat(79),
      `Administrator            Guest                    ${this.#user}`,
      'The command completed successfully.',
    ]
  }

  #tasks(): readonly string[] {
    const rows = [
      ['System Idle Process', 0],
      ['System', 4],
      ['smss.exe', 372],
      ['csrss.exe', 488],
      ['lsass.exe', 652],
      ['svchost.exe', 840],
      ['sshd.exe', 2312],
      ['cmd.exe', 4120],
    ] as const
    return [
      '',
      'Image Name                     PID Session Name        Session#    Mem Usage',
      '========================= ======== ================ =========== ============',
      ...rows.map(
        ([name, pid]) =>
          `${name.padEnd(25)} ${String(pid).padStart(8)} Services                   0     ${String(4000 + pid * 3).padStart(6)} K`,
      ),
    ]
  }
}
