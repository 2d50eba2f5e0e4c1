/** The parts of the Engine API's objects (v1.41 to v1.45) that we read or write. */
import type {Labels} from './labels.ts'

export interface EngineVersion {
  readonly Version: string
  readonly ApiVersion: string
  readonly MinAPIVersion?: string
  readonly Arch: string
  readonly Os: string
}

/** `GET /info`. */
export interface EngineInfo {
  readonly OperatingSystem: string
  readonly KernelVersion: string
  readonly DockerRootDir: string
  readonly SystemTime: string
  readonly SecurityOptions: readonly string[] | null
}

export interface ContainerSummary {
  readonly Id: string
  readonly Names: readonly string[] | null
  readonly Labels: Labels | null
  /** As it was named when the container was made; an id once that name is another image's. */
  readonly Image: string
  readonly State: string
  /** Seconds since the epoch. */
  readonly Created: number
}

export interface EndpointDetails {
  readonly IPAMConfig?: {readonly IPv4Address?: string} | null
  readonly NetworkID?: string
  readonly IPAddress?: string
  readonly MacAddress?: string
}

export interface ContainerState {
  readonly Status: string
  readonly Running: boolean
  readonly Paused?: boolean
  readonly Restarting: boolean
  readonly OOMKilled: boolean
  readonly ExitCode: number
  readonly Error: string
  /** `0001-01-01T00:00:00Z` when never started. */
  readonly StartedAt: string
  readonly FinishedAt?: string
}

export interface HostConfig {
  readonly NetworkMode: string
  readonly RestartPolicy: {readonly Name: string; readonly MaximumRetryCount?: number}
  readonly CapAdd: readonly string[] | null
  readonly CapDrop: readonly string[] | null
  readonly ReadonlyRootfs: boolean
  readonly Privileged?: boolean
  readonly SecurityOpt: readonly string[] | null
  readonly PidsLimit: number | null
  readonly Memory: number
  readonly MemorySwap: number
  readonly NanoCpus: number
  readonly Tmpfs?: Readonly<Record<string, string>>
  readonly Sysctls?: Readonly<Record<string, string>>
  readonly Binds?: readonly string[] | null
  readonly Mounts?: readonly unknown[] | null
  readonly Devices?: readonly unknown[] | null
  readonly PidMode?: string
  readonly IpcMode?: string
  readonly UTSMode?: string
  readonly LogConfig: {readonly Type: string; readonly Config: Readonly<Record<string, string>>}
}

export interface ContainerDetails {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly RestartCount: number
  readonly State: ContainerState
  readonly Config: {
    readonly Labels: Labels | null
    readonly User: string
    readonly Hostname: string
    readonly Image: string
    /** Top level until API v1.43; absent later. */
    readonly MacAddress?: string
  }
  readonly HostConfig: HostConfig
  readonly NetworkSettings: {readonly Networks: Readonly<Record<string, EndpointDetails>> | null}
}

export interface NetworkDetails {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly Driver: string
  readonly Labels: Labels | null
  readonly Options: Readonly<Record<string, string>> | null
  readonly IPAM: {
    readonly Config: readonly {readonly Subnet?: string; readonly Gateway?: string; readonly IPRange?: string}[] | null
  }
  /** By container id; running ones only, and only in an inspect. */
  readonly Containers?: Readonly<
    Record<string, {readonly Name: string; readonly IPv4Address?: string; readonly MacAddress?: string}>
  > | null
}

export interface ImageDetails {
  readonly Id: string
  readonly Architecture: string
  readonly Os: string
  readonly Config?: {readonly Labels?: Labels | null} | null
}

export interface ImageSummary {
  readonly Id: string
  readonly RepoTags: readonly string[] | null
}

/** The body of a create call. */
export interface ContainerSpec {
  readonly Image: string
  readonly Hostname?: string
  readonly User?: string
  readonly Env: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly WorkingDir?: string
  readonly Labels: Labels
  readonly Tty: boolean
  readonly StopSignal?: string
  readonly StopTimeout: number
  readonly MacAddress?: string
  readonly Healthcheck: {readonly Test: readonly string[]}
  readonly HostConfig: object
  readonly NetworkingConfig?: object
}
