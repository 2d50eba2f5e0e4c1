import {OPERATION, TAG} from '../../../../src/decoy/services/ipp/wire/tags.ts'
import {abuse} from '../../../support/abuse.ts'
import {ippRequest, ippService, post} from './support.ts'

const print = post(
  ippRequest({
    operation: OPERATION.PRINT_JOB,
    more: [
      ['requesting-user-name', TAG.NAME, 'bob'],
      ['job-name', TAG.NAME, 'plan.doc'],
    ],
    document: '%!PS\nshowpage\n',
  }),
)
const chunked = Buffer.concat([
  Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n'),
  Buffer.from('5\r\n'),
  ippRequest({operation: OPERATION.GET_JOBS}).subarray(0, 5),
  Buffer.from('\r\n0\r\n\r\n'),
])

abuse({
  name: 'ipp',
  port: 631,
  service: () => ippService(),
  dialogues: [
    [
      post(ippRequest({operation: OPERATION.GET_PRINTER_ATTRIBUTES})),
      print,
      post(ippRequest({operation: OPERATION.GET_JOBS})),
    ],
    [chunked],
    [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ],
  served: (reply) => reply.includes('printer-make-and-model'),
})
