import type {FidelityRow} from './row.ts'
import {curl, form, wget, windowsAuth} from './web-clients.ts'

const SOAP =
  '<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Login xmlns="urn:vim25">' +
  '<_this type="SessionManager">ha-sessionmgr</_this><userName>root</userName><password>vmware1</password></Login></e:Body></e:Envelope>'

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
