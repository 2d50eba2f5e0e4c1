import type {AppResponse} from '../../http/products/product.ts'
import {type Call, filtersOf, flag, json, nothing, parameter, type Route} from '../call.ts'
import {ROOT} from '../container-json.ts'
import {RefusedError} from '../engine-error.ts'
import {configJson} from '../host-config.ts'
import {hash, isReference, reference, repoDigests} from '../registry.ts'
import {type Image, type Json, timestamp} from '../state.ts'

const FILTERS = ['dangling', 'label', 'before', 'since', 'reference', 'until']
/** The virtual size is gone from here on. */
const WITHOUT_VIRTUAL_SIZE = 44

export function summaryOf(image: Image, {api}: Call): Json {
  return {
    Containers: -1,
    Created: image.created,
    Id: image.id,
    Labels: null,
    ParentId: '',
    RepoDigests: repoDigests(image),
    RepoTags: image.tags,
    SharedSize: -1,
    Size: image.size,
    ...(api < WITHOUT_VIRTUAL_SIZE ? {VirtualSize: image.size} : {}),
  }
}

function list(call: Call): AppResponse {
  const filters = filtersOf(call, FILTERS)
  const wanted = filters.get('reference')?.map((name) => name.replaceAll('*', ''))
  const images = [...call.engine.images.values()]
    .toSorted((a, b) => b.created - a.created)
    .filter(({tags}) => wanted === undefined || tags.some((tag) => wanted.some((name) => tag.includes(name))))
    .filter(({tags}) => filters.get('dangling')?.[0] !== 'true' || tags.length === 0)
  return json(
    200,
    images.map((image) => summaryOf(image, call)),
  )
}

export function knownImage(call: Call): Image {
  const wanted = parameter(call)
  const {engine} = call
  const image = engine.findImage(wanted)
  if (image !== undefined) return image
  const missing = `No such image: ${reference(wanted)}`
  throw new RefusedError(404, engine.release.old ? `no such image: ${wanted}: ${missing}` : missing)
}

function inspect(call: Call): AppResponse {
  const image = knownImage(call)
  const {old, version} = call.engine.release
  const layer = hash(`${image.id} overlay`)
  const config = configJson({
    Cmd: image.command,
    Entrypoint: image.entrypoint,
    Env: image.environment,
    WorkingDir: image.directory,
    ...(image.ports.length === 0 ? {} : {ExposedPorts: Object.fromEntries(image.ports.map((port) => [port, {}]))}),
  })
  return json(200, {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: repoDigests(image),
    Parent: '',
    Comment: '',
    Created: timestamp(image.created * 1000, image.id.slice(7)),
    ...(old ? {Container: '', ContainerConfig: configJson({})} : {}),
    DockerVersion: old ? version : '',
    Author: '',
    Config: config,
    Architecture: 'amd64',
    Os: 'linux',
    Size: image.size,
    ...(call.api < WITHOUT_VIRTUAL_SIZE ? {VirtualSize: image.size} : {}),
    GraphDriver: {
      Data: {
        MergedDir: `${ROOT}/overlay2/${layer}/merged`,
        UpperDir: `${ROOT}/overlay2/${layer}/diff`,
        WorkDir: `${ROOT}/overlay2/${layer}/work`,
      },
      Name: 'overlay2',
    },
    RootFS: {Type: 'layers', Layers: image.layers},
    Metadata: {LastTagTime: '0001-01-01T00:00:00Z'},
  })
}

function history(call: Call): AppResponse {
  const {id, created, size, tags, command} = knownImage(call)
  return json(200, [
    {
      Comment: '',
      Created: created,
      CreatedBy: `/bin/sh -c #(nop)  CMD ${JSON.stringify(command)}`,
      Id: id,
      Size: size,
      Tags: tags,
    },
  ])
}

function remove(call: Call): AppResponse {
  const {engine} = call
  const wanted = parameter(call)
  const image = engine.image(wanted)
  const holder = [...engine.containers.values()].find(({imageId}) => imageId === image.id)
  if (image.tags.length > 1 && image.tags.includes(reference(wanted))) {
    image.tags = image.tags.filter((tag) => tag !== reference(wanted))
    return json(200, [{Untagged: reference(wanted)}])
  }
  if (holder !== undefined && !flag(call, 'force')) {
    throw new RefusedError(
      409,
      `conflict: unable to remove repository reference "${wanted}" (must force) - container ${holder.id.slice(0, 12)} is using its referenced image ${image.id.slice(7, 19)}`,
    )
  }
  engine.images.delete(image.id)
  return json(200, [
    ...image.tags.map((tag) => ({Untagged: tag})),
    ...repoDigests(image).map((digest) => ({Untagged: digest})),
    {Deleted: image.id},
    ...image.layers.map((layer) => ({Deleted: layer})),
  ])
}

function tag(call: Call): AppResponse {
  const image = call.engine.image(parameter(call))
  const name = reference(call.query.get('repo') ?? '', call.query.get('tag') ?? '')
  if (!isReference(name)) throw new RefusedError(400, 'invalid reference format')
  for (const other of call.engine.images.values()) other.tags = other.tags.filter((one) => one !== name)
  if (image.tags.length < MOST_TAGS) image.tags = [...image.tags, name]
  return nothing(201)
}

const MOST_TAGS = 16

export const IMAGE_ROUTES: readonly Route[] = [
  {method: 'GET', path: /^\/images\/json$/, handler: list},
  {method: 'GET', path: /^\/images\/(.+)\/json$/, handler: inspect},
  {method: 'GET', path: /^\/images\/(.+)\/history$/, handler: history},
  {method: 'POST', path: /^\/images\/(.+)\/tag$/, handler: tag},
  {method: 'POST', path: /^\/images\/prune$/, handler: () => json(200, {ImagesDeleted: null, SpaceReclaimed: 0})},
  {method: 'DELETE', path: /^\/images\/(.+)$/, handler: remove},
]
