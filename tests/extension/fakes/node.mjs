/** A node of the tree as the sidecar sends it. */
export function node(id, kind, label, icon, more = {}) {
  return {
    id,
    kind,
    label,
    description: null,
    tooltip: null,
    icon,
    iconColor: null,
    accessibilityLabel: null,
    expansion: 'collapsed',
    actions: [],
    resource: { name: label, resourceId: null, studioUrl: null, bytes: null, isArchived: false, dataUri: null },
    ...more,
  };
}
