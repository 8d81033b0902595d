/** The four kinds of themes, by those that VS Code brings: what settings call them, what people see, and the classes of page and window. */
export const themes = {
  dark: { slug: 'dark', name: 'Dark Modern', label: 'Dark Modern', bodyClass: 'vscode-dark', workbenchClass: 'vs-dark' },
  light: { slug: 'light', name: 'Light Modern', label: 'Light Modern', bodyClass: 'vscode-light', workbenchClass: 'vs' },
  highContrastDark: { slug: 'hc-dark', name: 'Default High Contrast', label: 'Dark High Contrast', bodyClass: 'vscode-high-contrast', workbenchClass: 'hc-black' },
  highContrastLight: { slug: 'hc-light', name: 'Default High Contrast Light', label: 'Light High Contrast', bodyClass: 'vscode-high-contrast-light', workbenchClass: 'hc-light' },
};
