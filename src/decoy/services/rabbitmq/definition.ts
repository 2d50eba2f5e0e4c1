import {honeyUsers, portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const AMQP_PORT = 5672
export const MANAGEMENT_PORT = 15_672
export const EPMD_PORT = 4369

export const RABBITMQ: ServiceDefinition = {
  name: 'rabbitmq',
  summary: 'RabbitMQ message broker with its management pages, and queues behind honey credentials.',
  roles: ['mq', 'queue', 'broker', 'bus'],
  ports: [
    {port: AMQP_PORT, protocol: 'tcp', purpose: 'AMQP 0-9-1', option: 'port'},
    {port: MANAGEMENT_PORT, protocol: 'tcp', purpose: 'Management pages and API over HTTP', needs: 'management'},
    {port: EPMD_PORT, protocol: 'tcp', purpose: 'Erlang port mapper, which names the node', needs: 'epmd'},
  ],
  options: {
    port: portOption(AMQP_PORT, 'Port of AMQP.'),
    management: {type: 'boolean', summary: 'Whether the management plugin is enabled.', default: true},
    epmd: {type: 'boolean', summary: 'Whether the port mapper can be reached.', default: true},
    users: honeyUsers(
      /^[A-Za-z0-9_.@-]{1,64}:.{1,127}$/,
      'Honey credentials: the only ones that succeed, and then show the queues. `guest` is refused unless it is one of them, as the broker refuses it from other machines.',
    ),
  },
  events: ['auth.attempt', 'command', 'query', 'request', 'probe', 'malformed'],
}
