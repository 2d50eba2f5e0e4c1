/** Networks and volumes. */
import type {AppResponse} from '../../http/products/product.ts'
import {type Call, deed, filtersOf, json, jsonBody, nothing, optionalBody, parameter, type Route} from '../call.ts'
import {ROOT} from '../container-json.ts'
import {RefusedError} from '../engine-error.ts'
import {type Container, type Json, type Network, text, timestamp, type Volume} from '../state.ts'

function networkJson(network: Network, {engine}: Call, detailed: boolean): Json {
  const {old} = engine.release
  const {subnet, gateway} = network
  const none = old ? [] : null
  const containers = detailed ? [...engine.containers.values()].filter((each) => isOn(each, network, engine)) : []
  return {
    Name: network.name,
    Id: network.id,
    Created: timestamp(network.created, network.id),
    Scope: 'local',
    Driver: network.driver,
    EnableIPv6: false,
    IPAM: {Driver: 'default', Options: null, Config: subnet === null ? none : [{Subnet: subnet, Gateway: gateway}]},
    Internal: network.internal,
    Attachable: false,
    Ingress: false,
    ConfigFrom: {Network: ''},
    ConfigOnly: false,
    Containers: Object.fromEntries(containers.map((each) => [each.id, endpointJson(each)])),
    Options: network.options,
    Labels: network.labels,
  }
}

const isOn = (container: Container, network: Network, engine: Call['engine']): boolean =>
  container.state === 'running' && engine.networkOf(container)?.id === network.id

function endpointJson({name, endpoint, address}: Container): Json {
  const octets = [address >> 8, address & 255]
  const ip = address === 0 ? '' : `172.17.${octets.join('.')}/16`
  const mac = octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':')
  return {
    Name: name,
    EndpointID: endpoint,
    MacAddress: address === 0 ? '' : `02:42:ac:11:${mac}`,
    IPv4Address: ip,
    IPv6Address: '',
  }
}

function list(call: Call): AppResponse {
  const names = filtersOf(call, ['name', 'id', 'driver', 'scope', 'type', 'label', 'dangling']).get('name')
  const networks = [...call.engine.networks.values()].filter(
    ({name}) => names === undefined || names.some((wanted) => name.includes(wanted)),
  )
  return json(
    200,
    networks.map((network) => networkJson(network, call, false)),
  )
}

function create(call: Call): AppResponse {
  const {connection, engine} = call
  const sent = jsonBody(call)
  const {id} = engine.addNetwork(sent, {now: connection.now(), random: connection.random})
  return {...json(201, {Id: id, Warning: ''}), events: [deed(call, 'network.create', {name: text(sent.Name)})]}
}

function volumeJson({name, created, labels, options}: Volume): Json {
  return {
    CreatedAt: `${new Date(created).toISOString().slice(0, 19)}Z`,
    Driver: 'local',
    Labels: labels,
    Mountpoint: `${ROOT}/volumes/${name}/_data`,
    Name: name,
    Options: options,
    Scope: 'local',
  }
}

function volumeOf(call: Call): Volume {
  const name = parameter(call)
  const volume = call.engine.volumes.get(name)
  if (volume === undefined) throw new RefusedError(404, `get ${name}: no such volume`)
  return volume
}

function createVolume(call: Call): AppResponse {
  const {connection, engine} = call
  const sent = optionalBody(call)
  const volume = engine.addVolume(sent, {now: connection.now(), random: connection.random})
  const facts = {name: volume.name, options: JSON.stringify(sent.DriverOpts ?? {})}
  return {...json(201, volumeJson(volume)), events: [deed(call, 'volume.create', facts)]}
}

function removeVolume(call: Call): AppResponse {
  call.engine.volumes.delete(volumeOf(call).name)
  return nothing(204)
}

function removeNetwork(call: Call): AppResponse {
  call.engine.removeNetwork(parameter(call))
  return nothing(204)
}

function link(call: Call): AppResponse {
  call.engine.network(parameter(call))
  call.engine.container(text(jsonBody(call).Container))
  return nothing(200)
}

export const NETWORK_ROUTES: readonly Route[] = [
  {method: 'GET', path: /^\/networks\/?$/, handler: list},
  {
    method: 'GET',
    path: /^\/networks\/([^/]+)$/,
    handler: (call) => json(200, networkJson(call.engine.network(parameter(call)), call, true)),
  },
  {method: 'POST', path: /^\/networks\/create$/, handler: create},
  {method: 'POST', path: /^\/networks\/prune$/, handler: () => json(200, {NetworksDeleted: null})},
  {method: 'POST', path: /^\/networks\/([^/]+)\/(?:dis)?connect$/, handler: link},
  {method: 'DELETE', path: /^\/networks\/([^/]+)$/, handler: removeNetwork},
  {
    method: 'GET',
    path: /^\/volumes$/,
    handler: ({engine}) => json(200, {Volumes: [...engine.volumes.values()].map(volumeJson), Warnings: null}),
  },
  {method: 'GET', path: /^\/volumes\/([^/]+)$/, handler: (call) => json(200, volumeJson(volumeOf(call)))},
  {method: 'POST', path: /^\/volumes\/create$/, handler: createVolume},
  {method: 'POST', path: /^\/volumes\/prune$/, handler: () => json(200, {VolumesDeleted: [], SpaceReclaimed: 0})},
  {method: 'DELETE', path: /^\/volumes\/([^/]+)$/, handler: removeVolume},
]
