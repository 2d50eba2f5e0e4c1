/**
 * The welcome pages of freshly installed web servers: the titles and the structure by which they are recognised, with
 * a short text of our own.
 */

export interface WelcomePage {
  readonly html: string
  /** Where the page shows a picture, if it does. */
  readonly image: string | null
}

export const NGINX_WELCOME: WelcomePage = {
  image: null,
  html: `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto; font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>The nginx web server is installed on this machine and running, but no site
has been configured yet.</p>

<p>Documentation is at <a href="http://nginx.org/">nginx.org</a>, commercial
support at <a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`,
}

/** `distro`: Debian or Ubuntu. */
export function apacheDebianWelcome(distro: string): WelcomePage {
  const image = distro === 'Ubuntu' ? '/icons/ubuntu-logo.png' : '/icons/openlogo-75.png'
  const title = `Apache2 ${distro} Default Page: It works`
  return {
    image,
    html: `
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
  <head>
    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
    <title>${title}</title>
    <style type="text/css" media="screen">
  body, html { padding: 3px; background-color: #D8DBE2; font-family: Verdana, sans-serif; font-size: 11pt; text-align: center; }
  div.main_page { display: table; width: 800px; margin: 3px auto; background-color: #FFFFFF; text-align: left; }
  div.page_header { height: 99px; width: 100%; background-color: #F5F6F7; }
  div.section_header { padding: 3px 6px; background-color: #8E9CB2; color: #FFFFFF; font-weight: bold; text-align: center; }
  div.content_section_text { padding: 4px 8px; }
    </style>
  </head>
  <body>
    <div class="main_page">
      <div class="page_header floating_element">
        <img src="${image}" alt="${distro} Logo" class="floating_element"/>
        <span class="floating_element">Apache2 ${distro} Default Page</span>
      </div>
      <div class="content_section floating_element">
        <div class="section_header section_header_red"><div id="about"></div>It works!</div>
        <div class="content_section_text">
          <p>This page confirms that the Apache2 server works after its installation on ${distro}.
          Replace <tt>/var/www/html/index.html</tt> before you put the server to use.</p>
        </div>
        <div class="section_header"><div id="changes"></div>Configuration Overview</div>
        <div class="content_section_text">
          <p>The configuration is split into files under <tt>/etc/apache2/</tt>; see
          <tt>/usr/share/doc/apache2/README.Debian.gz</tt>.</p>
          <pre>
/etc/apache2/
|-- apache2.conf
|       \`--  ports.conf
|-- mods-enabled
|-- conf-enabled
\`-- sites-enabled
          </pre>
        </div>
        <div class="section_header"><div id="docroot"></div>Document Roots</div>
        <div class="content_section_text">
          <p>The document root is <tt>/var/www/html</tt>.</p>
        </div>
        <div class="section_header"><div id="bugs"></div>Reporting Problems</div>
        <div class="content_section_text">
          <p>Report bugs of the package with the tools of ${distro}.</p>
        </div>
      </div>
    </div>
  </body>
</html>
`,
  }
}

const RED_HAT_TITLES: Readonly<Record<string, string>> = {
  CentOS: 'Apache HTTP Server Test Page powered by CentOS',
  'Rocky Linux': 'HTTP Server Test Page powered by: Rocky Linux',
  'Fedora Linux': 'Test Page for the HTTP Server on Fedora',
}

/** The text of the 403 with which Red Hat's descendants welcome. */
export function apacheRedHatWelcome(label: string): WelcomePage {
  return {
    image: null,
    html: `<!doctype html>
<html>
  <head>
    <meta charset='utf-8'>
    <meta name='viewport' content='width=device-width, initial-scale=1'>
    <title>${RED_HAT_TITLES[label] ?? `Test Page for the Apache HTTP Server on ${label}`}</title>
    <style>body { font-family: sans-serif; margin: 3em auto; max-width: 45em; }</style>
  </head>
  <body>
    <h1>HTTP Server <strong>Test Page</strong></h1>
    <p>This page is used to test the proper operation of an HTTP server after it has been installed on ${label}.
    If you can read it, the server works, but it has no content yet.</p>
    <p>Content goes to <code>/var/www/html/</code>; this page is turned off in
    <code>/etc/httpd/conf.d/welcome.conf</code>.</p>
  </body>
</html>
`,
  }
}

/** Apache as its own project builds it. */
export const APACHE_PLAIN_WELCOME: WelcomePage = {
  image: null,
  html: '<html><body><h1>It works!</h1></body></html>\n',
}

/** `server`: Windows Server, else a client edition. Lines end as Windows ends them. */
export function iisWelcome(server: boolean): WelcomePage {
  const title = server ? 'IIS Windows Server' : 'IIS Windows'
  const html = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1" />
<title>${title}</title>
<style type="text/css">
<!--
body {
	color:#000000;
	background-color:#0072C6;
	margin:0;
}

#container {
	margin-left:auto;
	margin-right:auto;
	text-align:center;
	}

a img {
	border:none;
}

-->
</style>
</head>
<body>
<div id="container">
<a href="http://go.microsoft.com/fwlink/?linkid=66138&amp;clcid=0x409"><img src="iisstart.png" alt="IIS" width="960" height="600" /></a>
</div>
</body>
</html>`
  return {image: '/iisstart.png', html: html.replaceAll('\n', '\r\n')}
}
