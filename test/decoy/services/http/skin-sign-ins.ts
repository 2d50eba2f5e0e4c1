/** How clients sign in at each application and appliance, and how it refuses. */
import type {SkinName} from '../../../../src/decoy/services/http/products/names.ts'
import type {Asking} from './support.ts'

const basic = (user: string, password: string): Asking => ({
  headers: {Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`},
})

export interface SignIn {
  readonly path: string
  readonly asking: (password: string) => Asking
  readonly user: string
  readonly refused: readonly [status: number, says: RegExp]
  readonly accepted: number
}

const form = (fields: (password: string) => string): ((password: string) => Asking) => {
  return (password) => ({body: fields(password)})
}
const jsonForm = (fields: (password: string) => object): ((password: string) => Asking) => {
  return (password) => ({body: JSON.stringify(fields(password)), type: 'application/json'})
}
const soap = (password: string): Asking => ({
  type: 'text/xml',
  body: `<e:Envelope><e:Body><Login xmlns="urn:vim25"><_this>x</_this><userName>guest</userName><password>${password}</password></Login></e:Body></e:Envelope>`,
})

export const SIGN_INS: Readonly<Record<string, SignIn & {readonly product: SkinName}>> = {
  'the manager of tomcat': {
    product: 'tomcat',
    path: '/manager/html',
    asking: (password) => basic('guest', password),
    user: 'guest',
    refused: [401, /tomcat-users\.xml/],
    accepted: 200,
  },
  jenkins: {
    product: 'jenkins',
    path: '/j_spring_security_check',
    asking: form((password) => `j_username=guest&j_password=${password}`),
    user: 'guest',
    refused: [302, /Location: https:\/\/web01\/loginError\r/],
    accepted: 302,
  },
  grafana: {
    product: 'grafana',
    path: '/login',
    asking: jsonForm((password) => ({user: 'guest', password})),
    user: 'guest',
    refused: [401, /"password-auth\.failed"/],
    accepted: 200,
  },
  gitlab: {
    product: 'gitlab',
    path: '/users/sign_in',
    asking: form((password) => `user%5Blogin%5D=guest&user%5Bpassword%5D=${password}`),
    user: 'guest',
    refused: [200, /Invalid login or password\./],
    accepted: 302,
  },
  'the single sign-on of vcenter': {
    product: 'vcenter',
    path: '/websso/SAML2/SSO/vsphere.local?SAMLRequest=x',
    asking: form(
      (password) =>
        `CastleAuthorization=${encodeURIComponent(`Basic ${Buffer.from(`guest:${password}`).toString('base64')}`)}`,
    ),
    user: 'guest',
    refused: [401, /Invalid credentials/],
    accepted: 302,
  },
  'the interface of vcenter': {
    product: 'vcenter',
    path: '/sdk',
    asking: soap,
    user: 'guest',
    refused: [500, /InvalidLoginFault/],
    accepted: 200,
  },
  'the interface of esxi': {
    product: 'esxi',
    path: '/sdk',
    asking: soap,
    user: 'guest',
    refused: [500, /InvalidLoginFault/],
    accepted: 200,
  },
  'the datastores of esxi': {
    product: 'esxi',
    path: '/folder',
    asking: (password) => basic('guest', password),
    user: 'guest',
    refused: [401, /VMware HTTP server/],
    accepted: 200,
  },
  'the interface of idrac': {
    product: 'idrac',
    path: '/sysmgmt/2015/bmc/session',
    asking: (password) => ({method: 'POST', headers: {user: '"guest"', password: `"${password}"`}}),
    user: 'guest',
    refused: [401, /"authResult":1/],
    accepted: 201,
  },
  'the old sign-in of idrac': {
    product: 'idrac',
    path: '/data/login',
    asking: form((password) => `user=guest&password=${password}`),
    user: 'guest',
    refused: [200, /<authResult>1</],
    accepted: 200,
  },
  'the Redfish of idrac': {
    product: 'idrac',
    path: '/redfish/v1/SessionService/Sessions',
    asking: jsonForm((password) => ({UserName: 'guest', Password: password})),
    user: 'guest',
    refused: [401, /Base\.1\.8\.AccessDenied/],
    accepted: 201,
  },
  ilo: {
    product: 'ilo',
    path: '/json/login_session',
    asking: jsonForm((password) => ({method: 'login', user_login: 'guest', password})),
    user: 'guest',
    refused: [403, /JS_AUTH_FAILED/],
    accepted: 200,
  },
  'the Redfish of ilo': {
    product: 'ilo',
    path: '/redfish/v1/SessionService/Sessions/',
    asking: jsonForm((password) => ({UserName: 'guest', Password: password})),
    user: 'guest',
    refused: [401, /NoValidSession/],
    accepted: 201,
  },
  printer: {
    product: 'printer',
    path: '/hp/device/SignIn/Index',
    asking: form((password) => `PinDropDown=AdminItem&PasswordTextBox=${password}`),
    user: 'admin',
    refused: [200, /Sign in failed\./],
    accepted: 302,
  },
  fortigate: {
    product: 'fortigate',
    path: '/remote/logincheck',
    asking: form((password) => `ajax=1&username=guest&realm=&credential=${password}`),
    user: 'guest',
    refused: [200, /ret=0,redir=\/remote\/login\?&err=sslvpn_login_permission_denied/],
    accepted: 200,
  },
  citrix: {
    product: 'citrix',
    path: '/cgi/login',
    asking: form((password) => `login=guest&passwd=${password}`),
    user: 'guest',
    refused: [302, /Set-Cookie: NSC_VPNERR=4001/],
    accepted: 302,
  },
  phpmyadmin: {
    product: 'phpmyadmin',
    path: '/phpmyadmin/index.php?route=/',
    asking: form((password) => `pma_username=guest&pma_password=${password}&server=1`),
    user: 'guest',
    refused: [200, /Access denied for user 'guest'@'localhost' \(using password: YES\)/],
    accepted: 302,
  },
  wordpress: {
    product: 'wordpress',
    path: '/wp-login.php',
    asking: form((password) => `log=guest&pwd=${password}&wp-submit=Log+In`),
    user: 'guest',
    refused: [200, /<strong>guest<\/strong> is not registered/],
    accepted: 302,
  },
  'the XML-RPC of wordpress': {
    product: 'wordpress',
    path: '/xmlrpc.php',
    asking: (password) => ({
      type: 'text/xml',
      body: `<methodCall><methodName>wp.getUsersBlogs</methodName><params><param><value>guest</value></param><param><value><string>${password}</string></value></param></params></methodCall>`,
    }),
    user: 'guest',
    refused: [200, /Incorrect username or password\./],
    accepted: 200,
  },
  cisco: {
    product: 'cisco',
    path: '/level/15/exec/-/show/version',
    asking: (password) => basic('guest', password),
    user: 'guest',
    refused: [401, /level_15_access/],
    accepted: 200,
  },
  'the portal of an S7': {
    product: 'plc',
    path: '/FormLogin',
    asking: form((password) => `Login=guest&Password=${password}&Redirection=%2FPortal0000.htm`),
    user: 'guest',
    refused: [200, /Invalid login/],
    accepted: 302,
  },
  'the interface of a Synology': {
    product: 'synology',
    path: '/webapi/entry.cgi',
    asking: form((password) => `api=SYNO.API.Auth&version=7&method=login&account=guest&passwd=${password}`),
    user: 'guest',
    refused: [200, /\{"error":\{"code":400\},"success":false\}/],
    accepted: 200,
  },
  freepbx: {
    product: 'freepbx',
    path: '/admin/config.php',
    asking: form((password) => `username=guest&password=${password}`),
    user: 'guest',
    refused: [200, /Invalid Username or Password/],
    accepted: 302,
  },
}
