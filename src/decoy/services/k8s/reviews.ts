/** Questions about what somebody may do: `kubectl auth can-i` asks them. Administrators may do everything. */
import {object, text} from './cluster.ts'
import type {Json} from './objects.ts'
import type {Call} from './resource-calls.ts'
import type {ResourceTarget} from './target.ts'

const REASON = 'RBAC: allowed by ClusterRoleBinding "cluster-admins" of ClusterRole "cluster-admin" to User '

/** Null: the request creates something. */
export function reviewOf({user}: Call, {group, resource}: ResourceTarget, sent: Json): Json | null {
  if (group === 'authentication.k8s.io') return {...head(sent), status: {authenticated: false, user: {}}}
  if (group !== 'authorization.k8s.io') return null
  if (resource === 'selfsubjectrulesreviews') {
    const rules = {
      resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}],
      nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}],
    }
    return {...head(sent), status: {...rules, incomplete: false}}
  }
  return {...head(sent), status: {allowed: true, reason: `${REASON}${JSON.stringify(user)}`}}
}

/** What is asked is repeated, within reason. */
function head(sent: Json): Json {
  const spec = object(sent.spec)
  const kept = JSON.stringify(spec).length > 2048 ? {} : spec
  return {
    kind: text(sent.kind).slice(0, 64),
    apiVersion: text(sent.apiVersion).slice(0, 64),
    metadata: {creationTimestamp: null},
    spec: kept,
  }
}
