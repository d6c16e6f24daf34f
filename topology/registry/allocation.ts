/**
 * What registries say of every resource of a lab: country ZZ is ISO 3166's code for none that is known; the registry is
 * no real one; the date is the same for all, so that the same lab has the same records.
 */
export const allocation = { country: "ZZ", registry: "lab", date: "2026-01-01" } as const;
