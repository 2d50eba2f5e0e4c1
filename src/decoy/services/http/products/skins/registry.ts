import type {SkinName} from '../names.ts'
import {AXIS} from './axis.ts'
import {CISCO} from './cisco.ts'
import {CITRIX} from './citrix.ts'
import {ESXI} from './esxi.ts'
import {FORTIGATE} from './fortigate.ts'
import {FREEPBX} from './freepbx.ts'
import {GITLAB} from './gitlab.ts'
import {GRAFANA} from './grafana.ts'
import {IDRAC} from './idrac.ts'
import {ILO} from './ilo.ts'
import {JENKINS} from './jenkins.ts'
import {PHPMYADMIN} from './phpmyadmin.ts'
import {PLC} from './plc.ts'
import {PRINTER} from './printer.ts'
import type {Skin} from './skin.ts'
import {SYNOLOGY} from './synology.ts'
import {TOMCAT} from './tomcat.ts'
import {VCENTER} from './vcenter.ts'
import {WORDPRESS} from './wordpress.ts'

const SKINS: Readonly<Record<SkinName, Skin>> = {
  tomcat: TOMCAT,
  jenkins: JENKINS,
  grafana: GRAFANA,
  gitlab: GITLAB,
  vcenter: VCENTER,
  esxi: ESXI,
  idrac: IDRAC,
  ilo: ILO,
  printer: PRINTER,
  fortigate: FORTIGATE,
  citrix: CITRIX,
  phpmyadmin: PHPMYADMIN,
  wordpress: WORDPRESS,
  cisco: CISCO,
  plc: PLC,
  axis: AXIS,
  synology: SYNOLOGY,
  freepbx: FREEPBX,
}

export const skinOf = (name: SkinName): Skin => SKINS[name]
