/** What each application and appliance is recognised by. */
import type {SkinName} from '../../../../src/decoy/services/http/products/names.ts'

export interface Front {
  readonly path: string
  readonly status: number
  readonly server: string
  readonly says: RegExp
  /** In this order, others may be between. */
  readonly headers: readonly string[]
  /** The status of a path that nothing has. */
  readonly missing: number
}

export const FRONTS: Readonly<Record<SkinName, Front>> = {
  tomcat: {
    path: '/',
    status: 200,
    server: '',
    says: /<title>Apache Tomcat\/9\.0\.\d+<\/title>/,
    headers: ['Content-Type', 'Transfer-Encoding', 'Date', 'Keep-Alive', 'Connection'],
    missing: 404,
  },
  jenkins: {
    path: '/login',
    status: 200,
    server: 'Jetty(',
    says: /<title>Sign in \[Jenkins\]<\/title>/,
    headers: [
      'Date',
      'X-Content-Type-Options',
      'Content-Type',
      'Expires',
      'Set-Cookie',
      'X-Hudson',
      'X-Jenkins',
      'Content-Length',
      'Server',
    ],
    missing: 403,
  },
  grafana: {
    path: '/login',
    status: 200,
    server: '',
    says: /<title>Grafana<\/title>/,
    headers: ['Cache-Control', 'Content-Type', 'X-Content-Type-Options', 'X-Frame-Options', 'Date', 'Content-Length'],
    missing: 302,
  },
  gitlab: {
    path: '/users/sign_in',
    status: 200,
    server: 'nginx',
    says: /<title>Sign in · GitLab<\/title>/,
    headers: ['Server', 'Date', 'Content-Type', 'Content-Length', 'Connection', 'Set-Cookie', 'X-Request-Id'],
    missing: 404,
  },
  vcenter: {
    path: '/',
    status: 200,
    server: '',
    says: /ID_VC_Welcome/,
    headers: ['strict-transport-security', 'content-type', 'content-length', 'date', 'server'],
    missing: 404,
  },
  esxi: {
    path: '/',
    status: 200,
    server: '',
    says: /URL='\/ui'/,
    headers: ['Date', 'Connection', 'Content-Type', 'X-Frame-Options', 'Content-Length'],
    missing: 404,
  },
  idrac: {
    path: '/restgui/start.html',
    status: 200,
    server: 'Apache',
    says: /<title>iDRAC9 - Login<\/title>/,
    headers: [
      'Date',
      'Server',
      'Strict-Transport-Security',
      'Content-Length',
      'Keep-Alive',
      'Connection',
      'Content-Type',
    ],
    missing: 404,
  },
  ilo: {
    path: '/',
    status: 200,
    server: 'HPE-iLO-Server/1.30',
    says: /<title>iLO 5<\/title>/,
    headers: ['Content-Type', 'Connection', 'Date', 'Server', 'Content-Length'],
    missing: 404,
  },
  printer: {
    path: '/',
    status: 200,
    server: 'HP HTTP Server; HP ',
    says: /<title>HP (?:Color )?LaserJet [^<]*&nbsp;&nbsp;&nbsp;127\.0\.0\.1<\/title>/,
    headers: ['Server', 'Content-Type', 'Cache-Control', 'Content-Length'],
    missing: 404,
  },
  fortigate: {
    path: '/remote/login',
    status: 200,
    server: 'xxxxxxxx-xxxxx',
    says: /<title>Please Login<\/title>/,
    headers: ['Date', 'Server', 'Set-Cookie', 'X-Frame-Options', 'Content-Length', 'Content-Type'],
    missing: 404,
  },
  citrix: {
    path: '/vpn/index.html',
    status: 200,
    server: '',
    says: /<title>Citrix Gateway<\/title>/,
    headers: ['Cache-Control', 'Pragma', 'Content-Length', 'Content-Type'],
    missing: 404,
  },
  phpmyadmin: {
    path: '/phpmyadmin/',
    status: 200,
    server: 'Apache/2.4.62 (Debian)',
    says: /<title>phpMyAdmin<\/title>/,
    headers: ['Date', 'Server', 'Set-Cookie', 'Expires', 'X-ob_mode', 'Content-Length', 'Content-Type'],
    missing: 404,
  },
  wordpress: {
    path: '/wp-login.php',
    status: 200,
    server: 'Apache/2.4.62 (Debian)',
    says: /<title>Log In &lsaquo; .* &#8212; WordPress<\/title>/,
    headers: ['Date', 'Server', 'Expires', 'Cache-Control', 'Set-Cookie', 'Content-Length', 'Content-Type'],
    missing: 404,
  },
  cisco: {
    path: '/',
    status: 401,
    server: 'cisco-IOS',
    says: /401 Unauthorized/,
    headers: ['Date', 'Server', 'Accept-Ranges', 'WWW-Authenticate', 'Content-Type', 'Content-Length'],
    missing: 401,
  },
  plc: {
    path: '/Portal0000.htm',
    status: 200,
    server: '',
    says: /<title>SIMATIC&nbsp;300\(web01\)<\/title>/,
    headers: ['Content-Type', 'Content-Length'],
    missing: 404,
  },
  axis: {
    path: '/',
    status: 200,
    server: 'Apache/2.4.5',
    says: /<title>AXIS<\/title>/,
    headers: ['Date', 'Server', 'Last-Modified', 'Accept-Ranges', 'Content-Length', 'Content-Type'],
    missing: 401,
  },
  synology: {
    path: '/',
    status: 200,
    server: 'nginx',
    says: /<title>web01&nbsp;-&nbsp;Synology&nbsp;(?:Disk|Rack)Station<\/title>/,
    headers: [
      'Server',
      'Date',
      'Content-Type',
      'Content-Length',
      'Connection',
      'Keep-Alive',
      'Vary',
      'X-Content-Type-Options',
    ],
    missing: 404,
  },
  freepbx: {
    path: '/admin/config.php',
    status: 200,
    server: 'Apache/2.4.6 (Sangoma) OpenSSL/1.0.2k-fips PHP/',
    says: /<title>FreePBX Administration<\/title>/,
    headers: ['Date', 'Server', 'X-Powered-By', 'Set-Cookie', 'Expires', 'Pragma', 'Content-Length', 'Content-Type'],
    missing: 404,
  },
}
