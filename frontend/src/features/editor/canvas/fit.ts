/** Below, the map of the whole lies over the canvas. */
export const FIT = { maxZoom: 1, padding: { top: '30px', left: '60px', right: '40px', bottom: '110px' } } as const
