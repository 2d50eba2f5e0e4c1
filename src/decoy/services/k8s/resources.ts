/** What kinds of objects the API has: the discovery documents are made of this. */
import {createHash} from 'node:crypto'

const ALL = 'create delete deletecollection get list patch update watch'
const STATUS = 'get patch update'

interface Group {
  readonly name: string
  readonly version: string
  readonly resources: string
}

/**
 * One line a resource: plural, kind, then what differs from the usual: `cluster`, `short=a,b`, `all` (its category),
 * `status` (it has one), `verbs=a,b`, `as=group/version`.
 */
const GROUPS: readonly Group[] = [
  {
    name: '',
    version: 'v1',
    resources: `
bindings Binding verbs=create
componentstatuses ComponentStatus cluster short=cs verbs=get,list
configmaps ConfigMap short=cm
endpoints Endpoints short=ep
events Event short=ev
limitranges LimitRange short=limits
namespaces Namespace cluster short=ns verbs=create,delete,get,list,patch,update,watch
namespaces/finalize Namespace cluster verbs=update
namespaces/status Namespace cluster verbs=get,patch,update
nodes Node cluster short=no
nodes/proxy NodeProxyOptions cluster verbs=create,delete,get,patch,update
nodes/status Node cluster verbs=get,patch,update
persistentvolumeclaims PersistentVolumeClaim short=pvc status
persistentvolumes PersistentVolume cluster short=pv status
pods Pod short=po all
pods/attach PodAttachOptions verbs=create,get
pods/binding Binding verbs=create
pods/ephemeralcontainers Pod verbs=get,patch,update
pods/eviction Eviction verbs=create as=policy/v1
pods/exec PodExecOptions verbs=create,get
pods/log Pod verbs=get
pods/portforward PodPortForwardOptions verbs=create,get
pods/proxy PodProxyOptions verbs=create,delete,get,patch,update
pods/status Pod verbs=get,patch,update
podtemplates PodTemplate
replicationcontrollers ReplicationController short=rc all
replicationcontrollers/scale Scale verbs=get,patch,update as=autoscaling/v1
replicationcontrollers/status ReplicationController verbs=get,patch,update
resourcequotas ResourceQuota short=quota status
secrets Secret
serviceaccounts ServiceAccount short=sa
serviceaccounts/token TokenRequest verbs=create as=authentication.k8s.io/v1
services Service short=svc all
services/proxy ServiceProxyOptions verbs=create,delete,get,patch,update
services/status Service verbs=get,patch,update`,
  },
  {
    name: 'apiregistration.k8s.io',
    version: 'v1',
    resources: 'apiservices APIService cluster status',
  },
  {
    name: 'apps',
    version: 'v1',
    resources: `
controllerrevisions ControllerRevision
daemonsets DaemonSet short=ds all status
deployments Deployment short=deploy all
deployments/scale Scale verbs=get,patch,update as=autoscaling/v1
deployments/status Deployment verbs=get,patch,update
replicasets ReplicaSet short=rs all
replicasets/scale Scale verbs=get,patch,update as=autoscaling/v1
replicasets/status ReplicaSet verbs=get,patch,update
statefulsets StatefulSet short=sts all
statefulsets/scale Scale verbs=get,patch,update as=autoscaling/v1
statefulsets/status StatefulSet verbs=get,patch,update`,
  },
  {name: 'events.k8s.io', version: 'v1', resources: 'events Event short=ev'},
  {
    name: 'authentication.k8s.io',
    version: 'v1',
    resources: 'tokenreviews TokenReview cluster verbs=create',
  },
  {
    name: 'authorization.k8s.io',
    version: 'v1',
    resources: `
localsubjectaccessreviews LocalSubjectAccessReview verbs=create
selfsubjectaccessreviews SelfSubjectAccessReview cluster verbs=create
selfsubjectrulesreviews SelfSubjectRulesReview cluster verbs=create
subjectaccessreviews SubjectAccessReview cluster verbs=create`,
  },
  {
    name: 'autoscaling',
    version: 'v2',
    resources: 'horizontalpodautoscalers HorizontalPodAutoscaler short=hpa all status',
  },
  {
    name: 'autoscaling',
    version: 'v1',
    resources: 'horizontalpodautoscalers HorizontalPodAutoscaler short=hpa all status',
  },
  {
    name: 'batch',
    version: 'v1',
    resources: `
cronjobs CronJob short=cj all status
jobs Job all status`,
  },
  {
    name: 'certificates.k8s.io',
    version: 'v1',
    resources: `
certificatesigningrequests CertificateSigningRequest cluster short=csr
certificatesigningrequests/approval CertificateSigningRequest cluster verbs=get,patch,update
certificatesigningrequests/status CertificateSigningRequest cluster verbs=get,patch,update`,
  },
  {
    name: 'networking.k8s.io',
    version: 'v1',
    resources: `
ingressclasses IngressClass cluster
ingresses Ingress short=ing status
networkpolicies NetworkPolicy short=netpol`,
  },
  {
    name: 'policy',
    version: 'v1',
    resources: 'poddisruptionbudgets PodDisruptionBudget short=pdb status',
  },
  {
    name: 'rbac.authorization.k8s.io',
    version: 'v1',
    resources: `
clusterrolebindings ClusterRoleBinding cluster
clusterroles ClusterRole cluster
rolebindings RoleBinding
roles Role`,
  },
  {
    name: 'storage.k8s.io',
    version: 'v1',
    resources: `
csidrivers CSIDriver cluster
csinodes CSINode cluster
csistoragecapacities CSIStorageCapacity
storageclasses StorageClass cluster short=sc
volumeattachments VolumeAttachment cluster status`,
  },
  {
    name: 'admissionregistration.k8s.io',
    version: 'v1',
    resources: `
mutatingwebhookconfigurations MutatingWebhookConfiguration cluster
validatingwebhookconfigurations ValidatingWebhookConfiguration cluster`,
  },
  {
    name: 'apiextensions.k8s.io',
    version: 'v1',
    resources: 'customresourcedefinitions CustomResourceDefinition cluster short=crd,crds status',
  },
  {name: 'scheduling.k8s.io', version: 'v1', resources: 'priorityclasses PriorityClass cluster short=pc'},
  {name: 'coordination.k8s.io', version: 'v1', resources: 'leases Lease'},
  {name: 'node.k8s.io', version: 'v1', resources: 'runtimeclasses RuntimeClass cluster'},
  {name: 'discovery.k8s.io', version: 'v1', resources: 'endpointslices EndpointSlice'},
]

export interface Resource {
  /** With its subresource: `pods/log`. */
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly json: Readonly<Record<string, unknown>>
}

export interface GroupVersion {
  /** Empty: the core group. */
  readonly group: string
  readonly version: string
  readonly resources: readonly Resource[]
}

/** apiserver, discovery: eight octets of the hash of the kind that is stored. */
const storageHash = (group: string, version: string, kind: string): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')

function parse(line: string, {name: group, version}: Group): Resource[] {
  const [name = '', kind = '', ...flags] = line.split(' ')
  const value = (key: string): string | undefined =>
    flags.find((flag) => flag.startsWith(`${key}=`))?.slice(key.length + 1)
  const namespaced = !flags.includes('cluster')
  const verbs = value('verbs')?.split(',') ?? ALL.split(' ')
  const [asGroup, asVersion] = value('as')?.split('/') ?? []
  const stored = verbs.includes('watch')
  const json = {
    name,
    singularName: '',
    namespaced,
    ...(asGroup === undefined ? {} : {group: asGroup, version: asVersion}),
    kind,
    verbs,
    ...(value('short') === undefined ? {} : {shortNames: value('short')?.split(',')}),
    ...(flags.includes('all') ? {categories: ['all']} : {}),
    ...(stored ? {storageVersionHash: storageHash(group, storageVersion(group, version), kind)} : {}),
  }
  const own: Resource = {name, kind, namespaced, verbs, json}
  if (!flags.includes('status')) return [own]
  const statusVerbs = STATUS.split(' ')
  const below = {name: `${name}/status`, singularName: '', namespaced, kind, verbs: statusVerbs}
  return [own, {name: below.name, kind, namespaced, verbs: statusVerbs, json: below}]
}

/** Both versions of a group are kept in one. */
const storageVersion = (group: string, version: string): string => (group === 'autoscaling' ? 'v2' : version)

export const GROUP_VERSIONS: readonly GroupVersion[] = GROUPS.map((group) => ({
  group: group.name,
  version: group.version,
  resources: group.resources
    .trim()
    .split('\n')
    .flatMap((line) => parse(line, group)),
}))

export function findResource(group: string, version: string, name: string): Resource | undefined {
  const found = GROUP_VERSIONS.find((each) => each.group === group && each.version === version)
  return found?.resources.find((resource) => resource.name === name)
}
