/** Files that an intruder opens and no one else: reading one is an event. No two deckies hold the same. */
import type {Persona} from '../persona.ts'
import type {ImageFacts} from './image.ts'
import type {ImageBuilder} from './image-builder.ts'

const CRYPT_ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const WORDS = ['Winter', 'Summer', 'Backup', 'Orion', 'Castle', 'Falcon', 'Harbor', 'Granite', 'Maple', 'Vector']
const PROJECTS = ['intranet', 'billing', 'inventory', 'crm', 'reports', 'warehouse', 'helpdesk', 'payroll']

export function plantBait(image: ImageBuilder, facts: ImageFacts): void {
  const {persona, accounts} = facts
  const shadow = accounts.map(({name, uid, shell}) => {
    const locked = uid !== 0 && !shell.endsWith('sh')
    return `${name}:${locked ? '*' : crypt(persona, name)}:${persona.integer(`shadow ${name}`, 19_400, 19_900)}:0:99999:7:::\n`
  })
  image.file('/etc/shadow', shadow.join(''), {mode: 0o640, bait: true})
  const project = persona.pick('bait project', PROJECTS)
  const password = secret(persona, 'database')
  const database = neighbour(persona, 'database')
  image.file(`/var/www/${project}/.env`, environment(project, database, password), {mode: 0o640, bait: true})
  image.file('/opt/scripts/backup.sh', backupScript(persona, project, database, password), {mode: 0o750, bait: true})
  for (const {home, uid, gid, name} of accounts) {
    if (name !== 'root' && uid < 1000) continue
    if (name !== 'root' && !home.startsWith('/home/')) continue
    const options = {uid, gid, mode: 0o600, bait: true}
    image.file(`${home}/.bash_history`, history(persona, name, project, database), options)
    image.file(`${home}/.ssh/known_hosts`, knownHosts(persona, name), {...options, bait: false})
  }
}

function secret(persona: Persona, purpose: string): string {
  return `${persona.pick(`word ${purpose}`, WORDS)}${persona.integer(`number ${purpose}`, 100, 9999)}!`
}

/** Another address of the decky's own /24. */
function neighbour(persona: Persona, purpose: string): string {
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  return `${network}.${persona.integer(`neighbour ${purpose}`, 10, 240)}`
}

function crypt(persona: Persona, name: string): string {
  const letters = (purpose: string, size: number): string =>
    [...persona.bytes(`${purpose} ${name}`, size)].map((value) => CRYPT_ALPHABET[value & 63]).join('')
  return `$6$${letters('salt', 16)}$${letters('hash', 86)}`
}

function environment(project: string, host: string, password: string): string {
  return [
    `APP_NAME=${project}`,
    'APP_ENV=production',
    'APP_DEBUG=false',
    'DB_CONNECTION=mysql',
    `DB_HOST=${host}`,
    'DB_PORT=3306',
    `DB_DATABASE=${project}`,
    `DB_USERNAME=${project}_app`,
    `DB_PASSWORD=${password}`,
    '',
  ].join('\n')
}

function backupScript(persona: Persona, project: string, host: string, password: string): string {
  const target = neighbour(persona, 'storage')
  return `#!/bin/sh\nset -e\nmysqldump -h ${host} -u ${project}_app -p'${password}' ${project} | gzip > /var/backups/${project}-$(date +%F).sql.gz\nrsync -a /var/backups/ backup@${target}::${project}/\n`
}

function history(persona: Persona, name: string, project: string, database: string): string {
  const pool = [
    'df -h',
    'free -m',
    `cd /var/www/${project}`,
    'ls -la',
    'vi .env',
    `mysql -h ${database} -u ${project}_app -p ${project}`,
    'systemctl status cron',
    'journalctl -xe',
    `ping -c 3 ${database}`,
    `ssh ${neighbour(persona, 'jump')}`,
    'tail -f /var/log/syslog',
    '/opt/scripts/backup.sh',
    'crontab -l',
    'ip a',
    'top',
    `scp ${project}.sql.gz ${neighbour(persona, 'storage')}:/srv/`,
    'exit',
  ]
  const lines = Array.from({length: persona.integer(`history ${name}`, 14, 32)}, (_, index) =>
    persona.pick(`history ${name} ${index}`, pool),
  )
  return `${lines.join('\n')}\n`
}

function knownHosts(persona: Persona, name: string): string {
  const key = Buffer.concat([
    Buffer.from('0000000b7373682d6564323535313900000020', 'hex'),
    persona.bytes(`known host ${name}`, 32),
  ])
  return `${neighbour(persona, 'jump')} ssh-ed25519 ${key.toString('base64')}\n`
}
