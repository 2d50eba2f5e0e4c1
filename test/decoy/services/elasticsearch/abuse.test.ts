import {abuse} from '../../../support/abuse.ts'
import {nodeWith, requestBytes} from './support.ts'

const basic = `Authorization: Basic ${Buffer.from('elastic:changeme').toString('base64')}`

abuse({
  name: 'elasticsearch',
  port: 9200,
  service: () => nodeWith(),
  dialogues: [
    [
      requestBytes('GET /', {headers: [basic]}),
      requestBytes('GET /_cat/indices?v'),
      requestBytes('GET /_cluster/settings'),
    ],
    [
      requestBytes('POST /customers,users/_search?pretty', {
        body: '{"size":20,"query":{"bool":{"must":[{"match":{"username":"admin"}}]}}}',
      }),
      requestBytes('PUT /read_me', {body: '{}'}),
      requestBytes('POST /_bulk', {
        body: '{"index":{"_index":"read_me","_id":"1"}}\n{"note":"pay"}\n{"delete":{"_index":"users","_id":"x"}}\n',
      }),
      requestBytes('DELETE /cust*'),
      requestBytes('GET /_all'),
    ],
    [requestBytes('GET /_nodes/stats', {version: '1.0'})],
    [Buffer.from('HELP\r\n\r\n')],
    [
      Buffer.from(
        'POST /x/_doc HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
      ),
    ],
  ],
  served: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 200 OK'),
})
