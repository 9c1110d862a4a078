/** What a container is made from, as far as the engine tells it afterwards. Holds secrets: its environment, and options. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: { readonly id: string; readonly reference: string };
  /** Docker's: created, running, paused, restarting, removing, exited, dead. */
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The engine's `Config`, without image and labels. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The engine's `HostConfig`. Other containers and networks are named in it. */
  readonly hostConfig: Readonly<Record<string, unknown>>;
  /** Networks of one's own that it is attached to, by name. */
  readonly endpoints: Readonly<Record<string, EndpointDefinition>>;
  /** Names of the volumes that it has mounted, anonymous ones included. */
  readonly volumes: readonly string[];
  /** Names of the containers that must be there before it: it has their network, processes or volumes. */
  readonly needs: readonly string[];
}

export interface EndpointDefinition {
  readonly aliases: readonly string[];
  readonly links: readonly string[];
  /** Fixed addresses; null for none. */
  readonly addresses: Readonly<Record<string, unknown>> | null;
  readonly options: Readonly<Record<string, string>>;
}

export interface NetworkDefinition {
  readonly name: string;
  readonly driver: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ipv6: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly addressDriver: string;
  readonly addressOptions: Readonly<Record<string, string>>;
  /** Subnets, also those that the engine has chosen itself. */
  readonly subnets: readonly Readonly<Record<string, unknown>>[];
}
