const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether PostgreSQL takes the text for an id: it throws for any other. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** The condition for what has this name or this id. */
export function byNameOrId(nameOrId: string) {
  return isUuid(nameOrId) ? { OR: [{ id: nameOrId }, { name: nameOrId }] } : { name: nameOrId };
}
