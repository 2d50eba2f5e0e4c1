/** WS-Management messages (DSP0226, MS-WSMV): what is read of a request, and the answers to it. */
import {escapeHtml} from '../http/response.ts'

export const SOAP_TYPE = 'application/soap+xml;charset=UTF-8'

const SOAP = 'http://www.w3.org/2003/05/soap-envelope'
const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
const TRANSFER = 'http://schemas.xmlsoap.org/ws/2004/09/transfer'
const WSMAN = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'
const IDENTITY = 'http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd'
const SHELL = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell'
const NAMESPACES =
  `xmlns:s="${SOAP}" xmlns:a="${ADDRESSING}" xmlns:x="${TRANSFER}" ` +
  'xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" ' +
  `xmlns:w="${WSMAN}" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"`

/** What the client wants; empty where it does not say. Text is as it was sent, its entities decoded. */
export interface SoapRequest {
  /** The last part of the action's URI: `Create`, `Command` … */
  readonly action: string
  readonly resource: string
  readonly messageId: string
  readonly identify: boolean
  /** Command and arguments. */
  readonly command: string
  /** Base64 of a PowerShell pipeline, or of what it is fed. */
  readonly payload: string
}

const MAX_TEXT = 8192
const MAX_ARGUMENTS = 64

export function parseSoap(xml: string): SoapRequest {
  const action = element(xml, 'Action')
  const line = [element(xml, 'Command'), ...elements(xml, 'Arguments')].filter((part) => part !== '')
  return {
    action: action.slice(action.lastIndexOf('/') + 1),
    resource: element(xml, 'ResourceURI'),
    messageId: element(xml, 'MessageID'),
    identify: /<(?:\w{1,16}:)?Identify[\s/>]/.test(xml),
    command: line.join(' ').slice(0, MAX_TEXT),
    payload: element(xml, 'creationXml'),
  }
}

const element = (xml: string, name: string): string => elements(xml, name)[0] ?? ''

/** The texts of all elements of a local name; a whole parser would find no more in what is only recorded. */
function elements(xml: string, name: string): string[] {
  const pattern = new RegExp(`<(?:\\w{1,16}:)?${name}(?:\\s[^<>]{0,1024})?>([^<]{0,${MAX_TEXT}})`, 'g')
  const found: string[] = []
  for (const [, text = ''] of xml.matchAll(pattern)) {
    if (found.length === MAX_ARGUMENTS) break
    found.push(decodeEntities(text.trim()))
  }
  return found
}

const ENTITIES: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"}

const decodeEntities = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '')

/** `os`: nothing is said of it to those who are not logged on. */
export function identifyResponse(os: string | null): string {
  const body =
    `<wsmid:IdentifyResponse xmlns:wsmid="${IDENTITY}"><wsmid:ProtocolVersion>${WSMAN}</wsmid:ProtocolVersion>` +
    '<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>' +
    `<wsmid:ProductVersion>OS: ${os ?? '0.0.0'} SP: 0.0 Stack: 3.0</wsmid:ProductVersion></wsmid:IdentifyResponse>`
  return `<s:Envelope xml:lang="en-US" xmlns:s="${SOAP}"><s:Header></s:Header><s:Body>${body}</s:Body></s:Envelope>`
}

/** The two identifiers that connect an answer to its request. */
export interface Relation {
  readonly messageId: string
  readonly relatesTo: string
}

export interface FaultReason {
  readonly subcode: string
  /** A Win32 error, or an HRESULT of WinRM. */
  readonly code: number
  readonly message: string
}

export const FAULT = {
  ACCESS_DENIED: {subcode: 'w:AccessDenied', code: 5, message: 'Access is denied. '},
  QUOTA: {
    subcode: 'w:QuotaLimit',
    code: 2_150_859_174,
    message:
      'The WS-Management service cannot process the request. The maximum number of concurrent operations for this user has been exceeded. Close existing operations for this user, or raise the quota for this user. ',
  },
  NO_SHELL: {
    subcode: 'w:InvalidSelectors',
    code: 2_150_858_843,
    message:
      'The request for the Windows Remote Shell with ShellId failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation. ',
  },
} as const satisfies Readonly<Record<string, FaultReason>>

export function faultResponse({subcode, code, message}: FaultReason, machine: string, relation: Relation): string {
  const body =
    `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code>` +
    `<s:Reason><s:Text xml:lang="en-US">${message}</s:Text></s:Reason><s:Detail>` +
    `<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="${code}" Machine="${machine}">` +
    `<f:Message>${message}</f:Message></f:WSManFault></s:Detail></s:Fault>`
  return envelope('http://schemas.dmtf.org/wbem/wsman/1/wsman/fault', relation, body)
}

export interface Shell {
  readonly id: string
  readonly address: string
  readonly owner: string
  readonly clientIp: string
}

export function shellResponse({id, address, owner, clientIp}: Shell, relation: Relation): string {
  const uri = `${SHELL}/cmd`
  const body =
    `<x:ResourceCreated><a:Address>${escapeHtml(address)}</a:Address><a:ReferenceParameters><w:ResourceURI>${uri}</w:ResourceURI>` +
    `<w:SelectorSet><w:Selector Name="ShellId">${id}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>` +
    `<rsp:Shell xmlns:rsp="${SHELL}"><rsp:ShellId>${id}</rsp:ShellId><rsp:ResourceUri>${uri}</rsp:ResourceUri>` +
    `<rsp:Owner>${escapeHtml(owner)}</rsp:Owner><rsp:ClientIP>${clientIp}</rsp:ClientIP>` +
    '<rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>' +
    '<rsp:OutputStreams>stdout stderr</rsp:OutputStreams><rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime>' +
    '<rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>'
  return envelope(`${TRANSFER}/CreateResponse`, relation, body)
}

/** Of a shell that is closed. */
export const deleteResponse = (relation: Relation): string => envelope(`${TRANSFER}/DeleteResponse`, relation, '')

function envelope(action: string, {messageId, relatesTo}: Relation, body: string): string {
  return (
    `<s:Envelope xml:lang="en-US" ${NAMESPACES}><s:Header><a:Action>${action}</a:Action>` +
    `<a:MessageID>uuid:${messageId}</a:MessageID><a:To>${ADDRESSING}/role/anonymous</a:To>` +
    `<a:RelatesTo>${escapeHtml(relatesTo)}</a:RelatesTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`
  )
}
