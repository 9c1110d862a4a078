import { nullable, object, type Static, T } from '../schema.ts';

export const MountSpecification = object(
  {
    volume: nullable(T.String({ description: 'Value of `docker run -v`.' })),
    tmpfs: nullable(T.String({ description: 'Value of `docker run --tmpfs`.' })),
    mount: nullable(T.String({ description: 'Value of `docker run --mount`.' })),
    compose: T.String({ description: 'A compose file, in YAML, whose service `app` has the mount.' }),
  },
  {
    $id: 'MountSpecification',
    description: 'How Docker is told of a mount; a form that cannot express it is null. Not quoted for a shell.',
  },
);
export type MountSpecification = Static<typeof MountSpecification>;

// Absolute and plain: not the root, no `.` and `..`, no empty part, no control character.
const plainPath = '^(/(?!\\.\\.?(/|$))[^/:\\u0000-\\u001f\\u007f]+)+$';

/** Where a container sees a mount; a colon there cannot be written in every form. */
export const SpecificationTarget = T.String({
  pattern: plainPath,
  maxLength: 1024,
  description: 'Absolute path in the container, without `:`.',
  examples: ['/tmp'],
});

export const SpecificationSource = T.String({
  pattern: plainPath.replace('[^/:', '[^/'),
  maxLength: 1024,
  description: 'Absolute path on the host.',
  examples: ['/srv/app'],
});
