import type {Check} from './check.ts'
import {deploymentLimit, dhcpRange, dockerAddresses, fleetFile, lanAddresses} from './checks/addresses.ts'
import {dockerPlace, dockerReachable, dockerRootless, dockerVersion, engineClock, engineDisk} from './checks/docker.ts'
import {descriptors, embeddedProcess, loopback, privilegedPorts} from './checks/embedded.ts'
import {agreement, dockerNetworks, networkFacts, parentInterface, stacked, wireless} from './checks/lan.ts'
import {ghosts, interruptedCommands, otherFleets, ownLeftovers} from './checks/leftovers.ts'
import {clock, kernelModules, probePrivileges, virtualSwitch} from './checks/machine.ts'
import {nodeVersion} from './checks/node.ts'
import {stateDirectory, stateDisk, stateFile} from './checks/state.ts'

/** All of them, within each group in the order they are shown. */
export const CHECKS: readonly Check[] = [
  nodeVersion,
  kernelModules,
  virtualSwitch,
  probePrivileges,
  clock,
  dockerReachable,
  dockerVersion,
  dockerRootless,
  dockerPlace,
  engineClock,
  engineDisk,
  loopback,
  privilegedPorts,
  descriptors,
  networkFacts,
  parentInterface,
  wireless,
  stacked,
  agreement,
  dockerNetworks,
  fleetFile,
  deploymentLimit,
  dockerAddresses,
  lanAddresses,
  dhcpRange,
  stateDirectory,
  stateFile,
  stateDisk,
  interruptedCommands,
  otherFleets,
  ownLeftovers,
  ghosts,
  embeddedProcess,
]
