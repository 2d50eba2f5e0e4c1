/** Files that an intruder opens and no one else, for exports of which the machine knows nothing. */
import type {ImageBuilder} from '../../../files/image-builder.ts'
import type {Persona} from '../../../persona.ts'

const TOPICS = ['payroll', 'customers', 'contracts', 'inventory', 'projects', 'invoices']
const WORDS = ['Winter', 'Harbor', 'Granite', 'Falcon', 'Maple', 'Orion', 'Castle']
const SYSTEMS = ['erp', 'crm', 'intranet', 'mail', 'billing']

export function plantLures(image: ImageBuilder, persona: Persona, share: string): void {
  const pick = (purpose: string, list: readonly string[]): string => persona.pick(`nfs ${share} ${purpose}`, list)
  const number = (purpose: string, low: number, high: number): number =>
    persona.integer(`nfs ${share} ${purpose}`, low, high)
  const system = pick('system', SYSTEMS)
  const year = new Date(persona.installedAt).getUTCFullYear()
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  const owner = {uid: 34, gid: 34}
  for (const day of [1, 2, 3]) {
    const name = `/backup/${system}-${year}-${String(number('month', 1, 12)).padStart(2, '0')}-${String(day + number('day', 0, 24)).padStart(2, '0')}.sql.gz`
    image.file(name, archive(persona, `${share} ${day}`), {...owner, mode: 0o640, bait: true})
  }
  const password = `${pick('word', WORDS)}${number('number', 100, 9999)}!`
  const script = [
    '#!/bin/sh',
    'set -e',
    `mysqldump -h ${network}.${number('database', 10, 240)} -u ${system} -p'${password}' ${system} | gzip > "$1"`,
    '',
  ]
  image.file('/backup/dump.sh', script.join('\n'), {...owner, mode: 0o755, bait: true})
  const topic = pick('topic', TOPICS)
  const rows = Array.from({length: number('rows', 20, 70)}, (_, index) => {
    const reference = persona.bytes(`nfs ${share} row ${index}`, 4).toString('hex')
    return `${1000 + index};${reference};${number(`value ${index}`, 100, 99_999)}`
  })
  image.file(`/data/${topic}-${year}.csv`, `id;reference;value\r\n${rows.join('\r\n')}\r\n`, {bait: true})
  image.directory('/data/archive')
  image.directory('/tmp', {mode: 0o1777})
}

/** Looks like an archive to whoever reads its head, and is noise. */
function archive(persona: Persona, purpose: string): Buffer {
  const head = Buffer.from('1f8b0800000000000003', 'hex')
  return Buffer.concat([
    head,
    persona.bytes(`nfs archive ${purpose}`, persona.integer(`nfs size ${purpose}`, 9000, 60_000)),
  ])
}
