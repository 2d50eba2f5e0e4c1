/** The products this service can be taken for; apart from their code, because the CLI validates options by them. */
export const WEB_SERVERS = ['nginx', 'apache', 'iis'] as const
export type WebServerName = (typeof WEB_SERVERS)[number]

/** Applications and appliances, each with the web server that it comes with. */
export const SKIN_NAMES = [
  'tomcat',
  'jenkins',
  'grafana',
  'gitlab',
  'vcenter',
  'esxi',
  'idrac',
  'ilo',
  'printer',
  'fortigate',
  'citrix',
  'phpmyadmin',
  'wordpress',
  'cisco',
  'plc',
  'axis',
  'synology',
  'freepbx',
] as const
export type SkinName = (typeof SKIN_NAMES)[number]

export const PRODUCTS = [...WEB_SERVERS, ...SKIN_NAMES] as const
export type ProductName = (typeof PRODUCTS)[number]

export const isSkin = (name: ProductName): name is SkinName => SKIN_NAMES.some((candidate) => candidate === name)
