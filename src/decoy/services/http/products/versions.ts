/** Which versions each product has; apart from their code, because the CLI validates options by them. */
import type {ProductName} from './names.ts'

export interface Versions {
  /** What a version looks like. */
  readonly pattern: RegExp
  /** The same in words, completing "it has …". */
  readonly known: string
}

export const VERSIONS: Readonly<Record<ProductName, Versions>> = {
  nginx: {pattern: /^[01]\.\d{1,2}\.\d{1,2}( \(Ubuntu\))?$/, known: '0.x.y and 1.x.y, such as 1.22.1'},
  apache: {pattern: /^2\.[24]\.\d{1,2}$/, known: '2.2.x and 2.4.x, such as 2.4.62'},
  iis: {pattern: /^(?:7\.5|8\.0|8\.5|10\.0)$/, known: '7.5, 8.0, 8.5 and 10.0'},
  tomcat: {
    pattern: /^(?:8\.5|9\.0|10\.[01])\.\d{1,3}$/,
    known: '8.5.x, 9.0.x, 10.0.x and 10.1.x, such as 9.0.83',
  },
  jenkins: {pattern: /^2\.(?:375\.3|441|452\.2|462\.1)$/, known: '2.375.3, 2.441, 2.452.2 and 2.462.1'},
  grafana: {pattern: /^(?:10\.0\.3|10\.1\.5|10\.2\.3)$/, known: '10.0.3, 10.1.5 and 10.2.3'},
  gitlab: {pattern: /^1[3-8]\.\d{1,2}\.\d{1,2}$/, known: '13.x.y to 18.x.y, such as 16.9.1'},
  vcenter: {pattern: /^(?:6\.7\.0|7\.0\.[23]|8\.0\.[12])$/, known: '6.7.0, 7.0.2, 7.0.3, 8.0.1 and 8.0.2'},
  esxi: {
    pattern: /^(?:6\.5\.0|6\.7\.0|7\.0\.[23]|8\.0\.[12])$/,
    known: '6.5.0, 6.7.0, 7.0.2, 7.0.3, 8.0.1 and 8.0.2',
  },
  idrac: {pattern: /^[3-7]\.\d{2}\.\d{2}\.\d{2}$/, known: 'firmware 3 to 7, such as 6.10.80.00'},
  ilo: {pattern: /^[1-3]\.\d{2}$/, known: 'firmware 1 to 3, such as 2.78'},
  printer: {pattern: /^[45]\.\d{1,2}(?:\.\d{1,2})?$/, known: 'firmware 4 and 5, such as 5.6'},
  fortigate: {pattern: /^[5-7]\.\d\.\d{1,2}$/, known: '5.x.y to 7.x.y, such as 7.2.5'},
  citrix: {pattern: /^1[1-4]\.\d$/, known: '11.x to 14.x, such as 13.1'},
  phpmyadmin: {pattern: /^[45]\.\d{1,2}\.\d{1,2}$/, known: '4.x.y and 5.x.y, such as 5.2.1'},
  wordpress: {pattern: /^[4-6]\.\d{1,2}(?:\.\d{1,2})?$/, known: '4.x to 6.x, such as 6.4.3'},
  cisco: {pattern: /^1[2-7]\.\d{1,2}$/, known: '12.x to 17.x, such as 15.2'},
  plc: {pattern: /^0?[1-4]\.\d{1,2}(?:\.\d{1,2})?$/, known: 'firmware 1 to 4, such as 3.2.14'},
  axis: {pattern: /^(?:[5-9]|1[0-2])\.\d{1,2}(?:\.\d{1,3}){1,2}$/, known: 'firmware 5 to 12, such as 10.12.182'},
  synology: {pattern: /^7\.[0-2]\.\d{5}$/, known: '7.0 to 7.2 with their builds, such as 7.2.69057'},
  freepbx: {pattern: /^1[3-6]\.0\.\d{1,3}(?:\.\d{1,3})?$/, known: '13.0.x to 16.0.x, such as 16.0.40.7'},
}
