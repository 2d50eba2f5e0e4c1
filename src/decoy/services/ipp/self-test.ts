/** A request for the jobs of the printer at an address. */
import {GROUP, OPERATION, TAG} from './wire/tags.ts'

export function selfTestRequest(host: string): Buffer {
  const head = Buffer.from([1, 1, 0, OPERATION.GET_JOBS, 0, 0, 0, 1, GROUP.OPERATION])
  const body = Buffer.concat([
    head,
    attribute(TAG.CHARSET, 'attributes-charset', 'utf-8'),
    attribute(TAG.LANGUAGE, 'attributes-natural-language', 'en'),
    attribute(TAG.URI, 'printer-uri', `ipp://${host}/ipp/print`),
    Buffer.from([GROUP.END]),
  ])
  const lines = [
    'POST /ipp/print HTTP/1.1',
    `Host: ${host}`,
    'Content-Type: application/ipp',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

function attribute(tag: number, name: string, value: string): Buffer {
  const bytes = Buffer.alloc(5 + name.length + value.length)
  bytes.writeUInt8(tag, 0)
  bytes.writeUInt16BE(name.length, 1)
  bytes.write(name, 3, 'latin1')
  bytes.writeUInt16BE(value.length, 3 + name.length)
  bytes.write(value, 5 + name.length, 'latin1')
  return bytes
}
