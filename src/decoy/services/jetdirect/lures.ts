/** What lies on a printer's volume, and is worth stealing: stored jobs, the configuration of its services. */
import type {ImageBuilder} from '../../files/image-builder.ts'
import type {Printer} from '../../persona/printer.ts'
import type {Persona} from '../../persona.ts'

const PEOPLE = ['mueller', 'k.weber', 'jsmith', 'a.rossi', 'hr-office', 'reception', 'm.dubois', 'p.novak']
const TITLES = ['Payroll', 'Offer letter', 'Contract draft', 'Board minutes', 'Invoice', 'Price list', 'Salary review']
const WORDS = ['Winter', 'Summer', 'Harbor', 'Granite', 'Falcon', 'Maple', 'Orion', 'Castle']

export function plantVolume(image: ImageBuilder, persona: Persona, printer: Printer): void {
  for (const directory of ['PJL', 'PostScript', 'saveDevice/SavedJobs/InProgress', 'webServer/lib']) {
    image.directory(`/${directory}`)
  }
  image.file('/webServer/default/csconfig', configuration(persona), {bait: true})
  image.file('/webServer/config/soe.xml', soe(persona, printer), {bait: true})
  image.file('/webServer/home/device.html', `<html><head><title>${printer.model.name}</title></head></html>\n`)
  image.file('/webServer/home/hostmanifest', `${printer.model.name}\n${printer.revision}\n`)
  image.directory('/saveDevice/SavedJobs/KeepJob')
  for (let job = 1; job <= persona.integer('stored jobs', 2, 5); job++) {
    const owner = persona.pick(`stored job owner ${job}`, PEOPLE)
    const title = persona.pick(`stored job title ${job}`, TITLES)
    image.file(`/saveDevice/SavedJobs/KeepJob/${owner}-${job}.prn`, storedJob(persona, owner, title, job), {bait: true})
  }
}

function neighbour(persona: Persona, purpose: string): string {
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  return `${network}.${persona.integer(`printer neighbour ${purpose}`, 10, 240)}`
}

const password = (persona: Persona, purpose: string): string =>
  `${persona.pick(`printer word ${purpose}`, WORDS)}${persona.integer(`printer number ${purpose}`, 100, 9999)}`

/** Where scans go and addresses come from, with the accounts that the printer uses for it. */
function configuration(persona: Persona): string {
  const domain = persona.facts.domain ?? 'local'
  return [
    `host-name: ${persona.hostname}`,
    `smtp-server: ${neighbour(persona, 'smtp')}`,
    `smtp-auth: scanner@${domain} ${password(persona, 'smtp')}`,
    `ldap-server: ${neighbour(persona, 'ldap')}`,
    `ldap-bind: CN=svc_printer,OU=Service,${domain
      .split('.')
      .map((label) => `DC=${label}`)
      .join(',')}`,
    `ldap-password: ${password(persona, 'ldap')}`,
    `scan-folder: \\\\${neighbour(persona, 'scan')}\\scans`,
    `scan-user: svc_scan ${password(persona, 'scan')}`,
    `snmp-set-community: ${password(persona, 'snmp').toLowerCase()}`,
    '',
  ].join('\r\n')
}

const soe = (persona: Persona, {model, serial}: Printer): string =>
  `<?xml version="1.0"?>\r\n<soe>\r\n <device model="${model.name}" serial="${serial}"/>\r\n <admin user="admin" password="${password(persona, 'admin')}"/>\r\n</soe>\r\n`

/** A job that waits for the number of its owner. */
function storedJob(persona: Persona, owner: string, title: string, job: number): Buffer {
  const pin = String(persona.integer(`stored job pin ${job}`, 1000, 9999))
  const head = [
    '\x1b%-12345X@PJL JOB',
    `@PJL SET USERNAME="${owner}"`,
    `@PJL SET JOBNAME="${title}"`,
    '@PJL SET HOLD=STORE',
    `@PJL SET HOLDKEY="${pin}"`,
    '@PJL ENTER LANGUAGE=PCLXL',
    ') HP-PCL XL;3;0;Comment',
  ]
  const body = persona.bytes(`stored job ${job}`, persona.integer(`stored job size ${job}`, 6000, 40_000))
  const tail = Buffer.from('\x1b%-12345X@PJL EOJ\r\n\x1b%-12345X', 'latin1')
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n`, 'latin1'), body, tail])
}
