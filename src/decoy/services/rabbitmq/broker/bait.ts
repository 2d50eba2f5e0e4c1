/** Queues that applications left, and messages that tell of other machines. No two deckies hold the same. */
import type {Persona} from '../../../persona.ts'

interface BaitMessage {
  readonly properties: Buffer
  readonly body: Buffer
}

interface BaitQueue {
  readonly queue: string
  readonly messages: readonly BaitMessage[]
}

/** content_type, delivery_mode 2: the flags and the values of both. */
const JSON_PROPERTIES = Buffer.concat([
  Buffer.from([0x90, 0x00, 16]),
  Buffer.from('application/json'),
  Buffer.from([2]),
])
const QUEUES = ['orders', 'invoices', 'mail.outgoing', 'erp.sync', 'audit', 'provisioning', 'backup.jobs', 'reports']
const WORDS = ['Winter', 'Harbor', 'Granite', 'Falcon', 'Maple', 'Orion', 'Castle', 'Vector']
const ACCOUNTS = ['svc_erp', 'svc_backup', 'svc_mail', 'deploy', 'sync']
const TOPICS = ['customer.updated', 'invoice.created', 'job.failed', 'export.done', 'account.created']
const WAITING_MS = 40 * 86_400_000

export function baitMessages(persona: Persona): readonly BaitQueue[] {
  const count = persona.integer('rabbitmq queues', 3, 5)
  const first = persona.integer('rabbitmq first queue', 0, QUEUES.length - 1)
  return Array.from({length: count}, (_, index): BaitQueue => {
    const queue = QUEUES[(first + index * 3) % QUEUES.length] ?? 'jobs'
    const waiting = persona.integer(`rabbitmq waiting ${queue}`, index === 0 ? 2 : 0, 6)
    return {queue, messages: Array.from({length: waiting}, (_, at) => message(persona, `${queue} ${at}`, at === 0))}
  })
}

function message(persona: Persona, purpose: string, secret: boolean): BaitMessage {
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  const at = Date.parse(persona.facts.since) - persona.integer(`rabbitmq time ${purpose}`, 3_600_000, WAITING_MS)
  const target = {
    host: `${network}.${persona.integer(`rabbitmq host ${purpose}`, 10, 240)}`,
    user: persona.pick(`rabbitmq account ${purpose}`, ACCOUNTS),
    password: `${persona.pick(`rabbitmq word ${purpose}`, WORDS)}${persona.integer(`rabbitmq number ${purpose}`, 100, 9999)}!`,
  }
  const body = {
    id: persona.bytes(`rabbitmq id ${purpose}`, 6).toString('hex'),
    type: persona.pick(`rabbitmq type ${purpose}`, TOPICS),
    time: new Date(at).toISOString(),
    reference: persona.integer(`rabbitmq reference ${purpose}`, 10_000, 99_999),
    ...(secret ? {target} : {}),
  }
  return {properties: JSON_PROPERTIES, body: Buffer.from(JSON.stringify(body))}
}
