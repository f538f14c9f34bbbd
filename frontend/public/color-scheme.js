// Before the first paint, so that nobody who works in the dark is blinded; a file, since the page allows no inline script.
try {
  const chosen = localStorage.getItem('mantine-color-scheme-value')
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light'
} catch {
  // A browser that keeps nothing follows the style sheet's default.
}
