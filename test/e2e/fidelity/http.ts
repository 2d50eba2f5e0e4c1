import type {ClientRun, FidelityRow} from './row.ts'

type Scheme = 'http' | 'https'

const basicAuth = (user: string): ClientRun => ({
  name: 'curl -u',
  tool: 'curl',
  command: ({ip}) => ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', `${user}:letmein`, `http://${ip}/`],
  prints: /^401$/,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === user && credential.secret?.text === 'letmein',
    captured: 'plaintext',
  },
})

const windowsAuth = (scheme: Scheme, flag: '--ntlm' | '--negotiate'): ClientRun => ({
  name: `curl ${flag}`,
  tool: 'curl',
  command: ({ip}) => [
    'curl',
    '-sk',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    flag,
    '-u',
    'CORP\\alice:Autumn-2025',
    `${scheme}://${ip}/`,
  ],
  prints: /^401$/,
  outcome: 'refused',
  ...(flag === '--negotiate'
    ? {}
    : {
        leaves: {
          event: 'auth.attempt' as const,
          matching: ({credential}) =>
            credential?.principal === 'alice' && credential.domain === 'CORP' && credential.hash?.hashcatMode === 5600,
          captured: 'NetNTLMv2 (5600)',
        },
      }),
})

const digestAuth: ClientRun = {
  name: 'curl --digest',
  tool: 'curl',
  command: ({ip}) => [
    'curl',
    '-s',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    '--digest',
    '-u',
    'bob:Spring',
    `http://${ip}/`,
  ],
  prints: /^401$/,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === 'bob' && credential.hash?.hashcatMode === 11_400,
    captured: 'digest (11400)',
  },
}

/** Gets a page with a second client. */
const wget = (scheme: Scheme, path: string, prints: RegExp): ClientRun => ({
  name: 'wget',
  tool: 'wget',
  command: ({ip}) => [
    'wget',
    '-q',
    '-O',
    '-',
    '--no-check-certificate',
    '--content-on-error',
    '--tries=1',
    `${scheme}://${ip}${path}`,
  ],
  prints,
  outcome: 'gets the page',
})

const curl = (scheme: Scheme, path: string, prints: RegExp): ClientRun => ({
  name: 'curl',
  tool: 'curl',
  command: ({ip}) => ['curl', '-sik', `${scheme}://${ip}${path}`],
  prints,
  outcome: 'gets the page',
})

/** Posts a form, or other data, and is refused. */
const form = (
  scheme: Scheme,
  path: string,
  data: string,
  prints: RegExp,
  secret: string,
  type?: string,
): ClientRun => ({
  name: `curl -d, ${path}`,
  tool: 'curl',
  command: ({ip}) => [
    'curl',
    '-sik',
    ...(type === undefined ? [] : ['-H', `Content-Type: ${type}`]),
    '-d',
    data,
    `${scheme}://${ip}${path}`,
  ],
  prints,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.secret?.text === secret && credential.outcome === 'failure',
    captured: 'plaintext',
  },
})

const SOAP =
  '<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Login xmlns="urn:vim25">' +
  '<_this type="SessionManager">ha-sessionmgr</_this><userName>root</userName><password>vmware1</password></Login></e:Body></e:Envelope>'

export const HTTP_ROWS: readonly FidelityRow[] = [
  {
    service: 'http',
    port: 80,
    product: 'nginx 1.22.1',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'nginx'},
    nmap: /^http\s+nginx 1\.22\.1$/,
    scripts: [/http-title: Welcome to nginx!/],
    clients: [curl('http', '/', /Server: nginx\/1\.22\.1/), wget('http', '/', /Welcome to nginx!/)],
  },
  {
    service: 'http',
    port: 80,
    product: 'Apache httpd 2.4.62',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'apache', page: 'digest', realm: 'Staff'},
    nmap: /^http\s+Apache httpd 2\.4\.62$/,
    clients: [digestAuth],
  },
  {
    service: 'http',
    port: 80,
    product: 'Microsoft IIS 10.0',
    decky: {services: 'http', os: 'windows_server', distro: 'windows2022'},
    options: {product: 'iis', page: 'basic'},
    nmap: /^http\s+Microsoft IIS httpd 10\.0$/,
    clients: [basicAuth('administrator')],
  },
  {
    service: 'http',
    port: 80,
    product: 'Microsoft IIS 10.0 with Windows authentication',
    decky: {services: 'http', os: 'windows_server', distro: 'windows2022'},
    options: {product: 'iis', page: 'windows'},
    nmap: /^http\s+Microsoft IIS httpd 10\.0$/,
    scripts: [/http-ntlm-info:/, /DNS_Domain_Name: corp\.example/, /Product_Version: 10\.0\.20348/],
    clients: [windowsAuth('http', '--ntlm')],
  },
  {
    service: 'http',
    port: 80,
    product: 'Apache Tomcat 9.0.83',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'tomcat', version: '9.0.83'},
    nmap: /^http\s+Apache Tomcat\b.*9\.0\.83$/,
    scripts: [/http-title: Apache Tomcat\/9\.0\.83/],
    clients: [
      {
        ...basicAuth('tomcat'),
        command: ({ip}) => ['curl', '-si', '-u', 'tomcat:letmein', `http://${ip}/manager/html`],
        prints: /^HTTP\/1\.1 401 \r\n[\s\S]*Tomcat Manager Application/,
      },
      wget('http', '/', /<title>Apache Tomcat\/9\.0\.83<\/title>/),
    ],
  },
  {
    service: 'http',
    port: 80,
    product: 'Jenkins 2.426.3 (Jetty 10.0.20)',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'jenkins', version: '2.426.3'},
    nmap: /^http\s+Jetty 10\.0\.20$/,
    scripts: [/http-robots\.txt: 1 disallowed entry/],
    clients: [
      curl('http', '/login', /X-Jenkins: 2\.426\.3/),
      form(
        'http',
        '/j_spring_security_check',
        'j_username=admin&j_password=letmein',
        /Location: .*\/loginError/,
        'letmein',
      ),
    ],
  },
  {
    service: 'http',
    port: 80,
    product: 'Grafana 10.2.3',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'grafana', version: '10.2.3'},
    nmap: /^http/,
    unknownToNmap: true,
    scripts: [/http-title: Grafana/],
    clients: [
      curl('http', '/api/health', /"version": "10\.2\.3"/),
      form(
        'http',
        '/login',
        '{"user":"admin","password":"grafana1"}',
        /Invalid username or password/,
        'grafana1',
        'application/json',
      ),
    ],
  },
  {
    service: 'http',
    port: 80,
    product: 'HP LaserJet',
    decky: {services: 'http', os: 'embedded', distro: 'embedded'},
    options: {product: 'printer'},
    nmap: /^http\s+HP (?:Color )?LaserJet .*(?:printer http config|ipp)/,
    scripts: [/http-title: HP (?:Color )?LaserJet/],
    clients: [
      curl('http', '/', /Server: HP HTTP Server; HP/),
      form('http', '/hp/device/SignIn/Index', 'PasswordTextBox=1234&signInOk=Sign+In', /Sign in failed/, '1234'),
    ],
  },
  {
    service: 'http',
    port: 80,
    product: 'VMware ESXi (redirect)',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'esxi'},
    nmap: /^http\s+VMware ESXi Server httpd$/,
    scripts: [/Did not follow redirect to https:\/\//],
    clients: [curl('http', '/ui/', /Location: https:\/\/[\d.]+\/ui\//)],
  },
  {
    service: 'http',
    port: 80,
    product: 'phpMyAdmin 5.2.1',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'phpmyadmin', version: '5.2.1'},
    nmap: /^http\s+Apache httpd 2\.4\.62 \(\(Debian\)\)$/,
    scripts: [/http-title: phpMyAdmin/],
    clients: [
      wget('http', '/', /phpMyAdmin/),
      form('http', '/phpmyadmin/index.php', 'pma_username=root&pma_password=toor', /Access denied for user/, 'toor'),
    ],
  },
  {
    service: 'http',
    port: 80,
    product: 'WordPress 6.4.3',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'wordpress', version: '6.4.3', title: 'Blog'},
    nmap: /^http\s+Apache httpd 2\.4\.62 \(\(Debian\)\)$/,
    scripts: [/http-title: Blog/, /http-generator: WordPress 6\.4\.3/],
    clients: [
      wget('http', '/wp-login.php', /Log In &lsaquo; Blog/),
      form('http', '/wp-login.php', 'log=admin&pwd=letmein', /login_error/, 'letmein'),
    ],
  },
  {
    service: 'http',
    port: 80,
    product: 'Cisco IOS',
    decky: {services: 'http', os: 'cisco', distro: 'ios'},
    options: {product: 'cisco'},
    nmap: /^http\s+Cisco IOS http config$/,
    scripts: [/level_15_access/],
    clients: [basicAuth('cisco')],
  },
]

export const HTTPS_ROWS: readonly FidelityRow[] = [
  {
    service: 'https',
    port: 443,
    product: 'nginx 1.22.1',
    decky: {services: 'https', distro: 'debian'},
    options: {product: 'nginx'},
    nmap: /^ssl\/http\s+nginx 1\.22\.1$/,
    scripts: [/ssl-cert: Subject: commonName=/, /tls-alpn:/, /http\/1\.1/],
    clients: [
      curl('https', '/', /Server: nginx\/1\.22\.1/),
      wget('https', '/', /Welcome to nginx!/),
      {
        name: 'curl http://…:443',
        tool: 'curl',
        command: ({ip}) => ['curl', '-s', `http://${ip}:443/`],
        prints: /The plain HTTP request was sent to HTTPS port/,
        outcome: 'refused',
      },
    ],
  },
  {
    service: 'https',
    port: 443,
    product: 'Microsoft IIS 10.0 with Windows authentication',
    decky: {services: 'https', os: 'windows_server', distro: 'windows2022'},
    options: {product: 'iis', page: 'windows'},
    nmap: /^ssl\/http\s+Microsoft IIS httpd 10\.0$/,
    scripts: [/http-ntlm-info:/, /NetBIOS_Domain_Name: CORP/, /ssl-cert: Subject: commonName=/],
    clients: [windowsAuth('https', '--ntlm')],
  },
  {
    service: 'https',
    port: 443,
    product: 'VMware ESXi 7.0.3',
    decky: {services: 'https', distro: 'debian'},
    options: {product: 'esxi', version: '7.0.3'},
    nmap: /^ssl\/(?:http|vmware-auth|https)\s+VMware ESXi (?:Web UI|SOAP API 7\.0\.3)/,
    scripts: [/VMware Installer|VMware ESX Server Default Certificate|organizationName=VMware/],
    clients: [form('https', '/sdk', SOAP, /InvalidLogin/, 'vmware1', 'text/xml')],
  },
  {
    service: 'https',
    port: 443,
    product: 'VMware vCenter Server 7.0.3',
    decky: {services: 'https', distro: 'debian'},
    options: {product: 'vcenter', version: '7.0.3'},
    nmap: /^ssl\/https?\s+VMware vCenter.*7\.0\.3/,
    clients: [
      {
        name: 'curl -d, single sign-on',
        tool: 'curl',
        command: ({ip}) => [
          'curl',
          '-sik',
          '--data-urlencode',
          'CastleAuthorization=Basic YWRtaW5pc3RyYXRvckB2c3BoZXJlLmxvY2FsOlZNd2FyZTEh',
          `https://${ip}/websso/SAML2/SSO/vsphere.local`,
        ],
        prints: /401 [\s\S]*Invalid credentials/,
        outcome: 'refused',
        leaves: {
          event: 'auth.attempt',
          matching: ({credential}) =>
            credential?.principal === 'administrator@vsphere.local' && credential.secret?.text === 'VMware1!',
          captured: 'plaintext',
        },
      },
    ],
  },
  {
    service: 'https',
    port: 443,
    product: 'Dell iDRAC 9',
    decky: {services: 'https', os: 'embedded', distro: 'embedded'},
    options: {product: 'idrac'},
    nmap: /^ssl\/http\s+Apache httpd$/,
    scripts: [/iDRAC9|restgui\/start\.html/, /organizationName=Dell Inc\./],
    clients: [
      curl('https', '/redfish/v1', /Integrated Dell Remote Access Controller/),
      {
        name: 'curl, sign-in of the interface',
        tool: 'curl',
        command: ({ip}) => [
          'curl',
          '-sik',
          '-X',
          'POST',
          '-H',
          'user: "root"',
          '-H',
          'password: "calvin"',
          `https://${ip}/sysmgmt/2015/bmc/session`,
        ],
        prints: /"authResult":1/,
        outcome: 'refused',
        leaves: {
          event: 'auth.attempt',
          matching: ({credential}) => credential?.principal === 'root' && credential.secret?.text === 'calvin',
          captured: 'plaintext',
        },
      },
    ],
  },
  {
    service: 'https',
    port: 443,
    product: 'HPE iLO 5',
    decky: {services: 'https', os: 'embedded', distro: 'embedded'},
    options: {product: 'ilo'},
    nmap: /^ssl\/http\s+HP Integrated Lights-Out web interface 1\.30$/,
    scripts: [/commonName=ILO/],
    clients: [
      curl('https', '/xmldata?item=all', /<PN>Integrated Lights-Out 5 \(iLO 5\)<\/PN>/),
      form(
        'https',
        '/json/login_session',
        '{"method":"login","user_login":"Administrator","password":"ilo-pass"}',
        /403 Forbidden/,
        'ilo-pass',
        'application/json',
      ),
    ],
  },
  {
    service: 'https',
    port: 443,
    product: 'Fortinet SSL-VPN',
    decky: {services: 'https', os: 'embedded', distro: 'embedded'},
    options: {product: 'fortigate'},
    nmap: /^ssl\/http\s+Fortinet security device httpd$/,
    scripts: [/organizationName=Fortinet/],
    clients: [
      wget('https', '/remote/login', /Please Login/),
      form('https', '/remote/logincheck', 'ajax=1&username=vpn&credential=letmein', /ret=0/, 'letmein'),
    ],
  },
  {
    service: 'https',
    port: 443,
    product: 'Citrix Gateway',
    decky: {services: 'https', os: 'embedded', distro: 'embedded'},
    options: {product: 'citrix'},
    nmap: /^ssl\/http\s+Citrix NetScaler SSL VPN$/,
    scripts: [/http-title: Citrix Gateway/],
    clients: [
      wget('https', '/vpn/index.html', /Citrix Gateway/),
      form('https', '/cgi/login', 'login=vpn&passwd=letmein', /NSC_VPNERR=4001/, 'letmein'),
    ],
  },
  {
    service: 'https',
    port: 443,
    product: 'GitLab',
    decky: {services: 'https', distro: 'debian'},
    options: {product: 'gitlab'},
    nmap: /^ssl\/http\s+nginx$/,
    scripts: [/http-title: Sign in \\xC2\\xB7 GitLab|Sign in · GitLab/, /http-robots\.txt: \d+ disallowed entries/],
    clients: [
      curl('https', '/api/v4/version', /401 Unauthorized/),
      form(
        'https',
        '/users/sign_in',
        'user%5Blogin%5D=root&user%5Bpassword%5D=5iveL%21fe',
        /Invalid login or password/,
        '5iveL!fe',
      ),
    ],
  },
]
