import {describe, expect, it} from 'vitest'

import {mutationDocument, rowDocument} from '../../src/cli/views/mutation.ts'
import {planDocument} from '../../src/cli/views/plan.ts'
import {statusDocument} from '../../src/cli/views/status.ts'
import type {MutationResult} from '../../src/operations/mutation.ts'
import {aStatus, failedRow, fleetStatus, PLAN, result} from '../support/view-samples.ts'

describe('the JSON document', () => {
  const drift = [{field: 'ip', desired: '192.168.1.1', observed: 'none'}]

  it('of a plan', () => {
    expect(planDocument({...PLAN, operations: PLAN.operations.slice(0, 2)}, true)).toMatchInlineSnapshot(`
      {
        "changes": true,
        "ok": true,
        "operations": [
          {
            "action": "network.create",
            "address": "network",
            "cause": "not found",
            "dependsOn": [],
            "destructive": false,
            "id": "network.create network",
          },
          {
            "action": "decky.create",
            "address": "decky/a",
            "cause": "new",
            "dependsOn": [
              "network.create network",
            ],
            "destructive": false,
            "id": "decky.create decky/a",
          },
        ],
        "portOffset": 0,
        "replaceFleet": true,
        "schema": "decnet.plan/v1",
        "summary": {
          "create": 1,
          "remove": 1,
          "replace": 1,
          "restart": 1,
          "unchanged": 1,
        },
      }
    `)
    expect(planDocument({operations: [], changes: []}, false)).toMatchObject({changes: false, replaceFleet: false})
  })

  it('of a deployment', () => {
    expect(mutationDocument('deploy', result(), {replaceFleet: false})).toMatchInlineSnapshot(`
      {
        "deploymentId": 3,
        "engine": "docker",
        "lifecycle": [
          {
            "completedAt": "2026-03-01T12:00:02.500Z",
            "createdAt": "2026-03-01T12:00:00.000Z",
            "decky": "web-01",
            "deploymentId": 3,
            "durationMs": 1500,
            "error": null,
            "host": "local",
            "id": 7,
            "operation": "create",
            "outcome": "created",
            "startedAt": "2026-03-01T12:00:01.000Z",
            "status": "succeeded",
          },
          {
            "completedAt": "2026-03-01T12:00:02.500Z",
            "createdAt": "2026-03-01T12:00:00.000Z",
            "decky": "web-02",
            "deploymentId": 3,
            "durationMs": 1500,
            "error": "ssh does not answer",
            "host": "local",
            "id": 8,
            "operation": "create",
            "outcome": null,
            "startedAt": "2026-03-01T12:00:01.000Z",
            "status": "failed",
          },
        ],
        "mode": "unihost",
        "ok": false,
        "replaceFleet": false,
        "schema": "decnet.deploy/v1",
        "summary": {
          "created": 1,
          "failed": 1,
          "removed": 0,
          "replaced": 0,
          "restarted": 0,
          "unchanged": 2,
        },
      }
    `)
  })

  it.each<[string, Partial<MutationResult>, boolean]>([
    ['all is done', {summary: {...result().summary, failed: 0}}, true],
    ['a decky failed', {}, false],
    ['the network failed', {summary: {...result().summary, failed: 0}, resourceErrors: ['x']}, false],
    ['it was interrupted', {summary: {...result().summary, failed: 0}, interrupted: true}, false],
  ])('when %s: ok in JSON is right', (_, changes, ok) => {
    expect(mutationDocument('teardown', result(changes))).toMatchObject({schema: 'decnet.teardown/v1', ok})
  })

  it('of a lifecycle row', () => {
    expect(rowDocument(failedRow)).toMatchInlineSnapshot(`
      {
        "completedAt": "2026-03-01T12:00:02.500Z",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "decky": "web-02",
        "deploymentId": 3,
        "durationMs": 1500,
        "error": "ssh does not answer",
        "host": "local",
        "id": 8,
        "operation": "create",
        "outcome": null,
        "startedAt": "2026-03-01T12:00:01.000Z",
        "status": "failed",
      }
    `)
  })

  it('of a status', () => {
    expect(statusDocument(fleetStatus([aStatus({drift})]))).toMatchInlineSnapshot(`
      {
        "deckies": [
          {
            "drift": [
              {
                "desired": "192.168.1.1",
                "field": "ip",
                "observed": "none",
              },
            ],
            "host": "local",
            "hostname": "WEB01",
            "ip": "192.168.100.111",
            "mac": "00:50:56:00:00:11",
            "name": "web-01",
            "os": "linux",
            "services": [
              {
                "boundPort": 22,
                "name": "ssh",
                "port": 22,
                "protocol": "tcp",
                "state": "answering",
              },
              {
                "boundPort": 80,
                "name": "http",
                "port": 80,
                "protocol": "tcp",
                "state": "down",
              },
            ],
            "state": "running",
          },
        ],
        "fleet": {
          "engine": "docker",
          "gateway": "10.78.0.1",
          "generation": 4,
          "interface": "lan0",
          "mode": "unihost",
          "portOffset": 0,
          "subnet": "10.78.0.0/24",
        },
        "formerEngines": [],
        "leftovers": [],
        "ok": true,
        "schema": "decnet.status/v1",
      }
    `)
    expect(statusDocument(fleetStatus([], {engineError: new Error() as never}))).toMatchObject({ok: false})
  })
})
