import type {Host} from './host.ts'

/** What a hypervisor or cloud does to frames of MAC addresses that it did not give out itself, and the switch for it. */
export interface Hypervisor {
  readonly name: string
  /** False: no setting of an operator's lets other MAC addresses through. */
  readonly bridgeable: boolean
  readonly advice: string
}

interface Known extends Hypervisor {
  /** Matched against vendor, product, and asset tag of the firmware. */
  readonly marks: RegExp
}

/** First match wins: clouds run on the same hypervisors as everybody. */
const KNOWN: readonly Known[] = [
  cloud('Amazon EC2', /amazon/i),
  cloud('Google Cloud', /google/i),
  // The chassis asset tag of every Azure machine.
  cloud('Microsoft Azure', /7783-7084-3265-9085-8269-3286-77/),
  cloud('DigitalOcean', /digitalocean/i),
  cloud('Hetzner Cloud', /hetzner/i),
  cloud('Alibaba Cloud', /alibaba/i),
  cloud('Oracle Cloud', /oraclecloud/i),
  {
    name: 'VMware',
    marks: /vmware/i,
    bridgeable: true,
    advice:
      'set Promiscuous mode, MAC address changes and Forged transmits to Accept on the port group of this machine',
  },
  {
    name: 'VirtualBox',
    marks: /innotek|virtualbox/i,
    bridgeable: true,
    advice: 'use a bridged adapter and set its Promiscuous Mode to "Allow All"',
  },
  {
    name: 'Hyper-V',
    marks: /microsoft corporation.*virtual machine/is,
    bridgeable: true,
    advice: 'enable MAC address spoofing: Set-VMNetworkAdapter -VMName NAME -MacAddressSpoofing On',
  },
  {
    name: 'Xen',
    marks: /\bxen\b/i,
    bridgeable: true,
    advice: 'let the virtual interface send other MAC addresses: no MAC filter, promiscuous mode on its bridge',
  },
  {
    name: 'KVM',
    marks: /qemu|kvm|red hat|openstack|proxmox|bochs/i,
    bridgeable: true,
    advice:
      'connect the machine to a bridge (not macvtap or NAT) and switch off MAC filtering (on Proxmox: "MAC filter")',
  },
  {
    name: 'Parallels',
    marks: /parallels/i,
    bridgeable: true,
    advice: 'use a bridged network, which hands on other MAC addresses',
  },
]

const UNKNOWN: Hypervisor = {
  name: 'a hypervisor',
  bridgeable: true,
  advice:
    "let the virtual switch hand on MAC addresses that are not the machine's own (promiscuous mode, forged transmits)",
}

function cloud(name: string, marks: RegExp): Known {
  return {
    name,
    marks,
    bridgeable: false,
    advice: 'its network carries only addresses that it assigned: run decnet on a machine in your own LAN',
  }
}

/** Where this machine is a guest, of whom; null: it seems to be real. */
export function hypervisorOf(host: Host): Hypervisor | null {
  const dmi = ['sys_vendor', 'product_name', 'chassis_asset_tag', 'bios_vendor']
    .map((file) => host.read(`/sys/class/dmi/id/${file}`)?.trim() ?? '')
    .join('\n')
  const known = KNOWN.find(({marks}) => marks.test(dmi))
  if (known !== undefined) return {name: known.name, bridgeable: known.bridgeable, advice: known.advice}
  return /^flags\s*:.*\bhypervisor\b/m.test(host.read('/proc/cpuinfo') ?? '') ? UNKNOWN : null
}

/** Linux inside Windows, whose network is a NAT of Windows'. */
export function isWsl(host: Host): boolean {
  return /microsoft/i.test(host.release)
}
