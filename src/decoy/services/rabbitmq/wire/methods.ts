/** Classes and methods of AMQP 0-9-1, and of RabbitMQ's extensions. */

const id = (classId: number, methodId: number): number => classId * 0x10000 + methodId

export const METHOD = {
  connectionStart: id(10, 10),
  connectionStartOk: id(10, 11),
  connectionTune: id(10, 30),
  connectionTuneOk: id(10, 31),
  connectionOpen: id(10, 40),
  connectionOpenOk: id(10, 41),
  connectionClose: id(10, 50),
  connectionCloseOk: id(10, 51),
  channelOpen: id(20, 10),
  channelOpenOk: id(20, 11),
  channelFlow: id(20, 20),
  channelFlowOk: id(20, 21),
  channelClose: id(20, 40),
  channelCloseOk: id(20, 41),
  exchangeDeclare: id(40, 10),
  exchangeDeclareOk: id(40, 11),
  exchangeDelete: id(40, 20),
  exchangeDeleteOk: id(40, 21),
  exchangeBind: id(40, 30),
  exchangeBindOk: id(40, 31),
  exchangeUnbind: id(40, 40),
  exchangeUnbindOk: id(40, 51),
  queueDeclare: id(50, 10),
  queueDeclareOk: id(50, 11),
  queueBind: id(50, 20),
  queueBindOk: id(50, 21),
  queuePurge: id(50, 30),
  queuePurgeOk: id(50, 31),
  queueDelete: id(50, 40),
  queueDeleteOk: id(50, 41),
  queueUnbind: id(50, 50),
  queueUnbindOk: id(50, 51),
  basicQos: id(60, 10),
  basicQosOk: id(60, 11),
  basicConsume: id(60, 20),
  basicConsumeOk: id(60, 21),
  basicCancel: id(60, 30),
  basicCancelOk: id(60, 31),
  basicPublish: id(60, 40),
  basicReturn: id(60, 50),
  basicDeliver: id(60, 60),
  basicGet: id(60, 70),
  basicGetOk: id(60, 71),
  basicGetEmpty: id(60, 72),
  basicAck: id(60, 80),
  basicReject: id(60, 90),
  basicRecoverAsync: id(60, 100),
  basicRecover: id(60, 110),
  basicRecoverOk: id(60, 111),
  basicNack: id(60, 120),
  confirmSelect: id(85, 10),
  confirmSelectOk: id(85, 11),
  txSelect: id(90, 10),
  txSelectOk: id(90, 11),
  txCommit: id(90, 20),
  txCommitOk: id(90, 21),
  txRollback: id(90, 30),
  txRollbackOk: id(90, 31),
} as const

export const BASIC_CLASS = 60

/** `queue.declare`, as the broker writes it. */
export const METHOD_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(METHOD).map(([key, value]) => {
    const [, first = '', second = ''] = /^([a-z]+)(.*)$/.exec(key) ?? []
    return [value, `${first}.${second.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase()}`]
  }),
)

/** Codes and names of errors (§1.2). */
export const ERROR = {
  accessRefused: [403, 'ACCESS_REFUSED'],
  notFound: [404, 'NOT_FOUND'],
  resourceLocked: [405, 'RESOURCE_LOCKED'],
  preconditionFailed: [406, 'PRECONDITION_FAILED'],
  frameError: [501, 'FRAME_ERROR'],
  commandInvalid: [503, 'COMMAND_INVALID'],
  channelError: [504, 'CHANNEL_ERROR'],
  unexpectedFrame: [505, 'UNEXPECTED_FRAME'],
  notAllowed: [530, 'NOT_ALLOWED'],
  notImplemented: [540, 'NOT_IMPLEMENTED'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>

export type ErrorName = keyof typeof ERROR

/** Ends a channel or, where the error is that hard, the connection. */
export class AmqpError extends Error {
  readonly error: ErrorName
  readonly explanation: string
  /** What was being done, where that is not what the last frame says. */
  method: number | null = null

  constructor(error: ErrorName, explanation: string) {
    super(`${error}: ${explanation}`)
    this.error = error
    this.explanation = explanation
  }

  get code(): number {
    return ERROR[this.error][0]
  }

  /** As it is sent. */
  get text(): string {
    return `${ERROR[this.error][1]} - ${this.explanation}`
  }

  /** Codes from 500 on end the connection. */
  get hard(): boolean {
    return this.code >= 500
  }
}
