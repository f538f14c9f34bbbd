import {
  addEdge,
  Background,
  type Connection,
  Controls,
  type Edge,
  MiniMap,
  type Node,
  ReactFlow,
  useEdgesState,
  useNodesState,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { createRoot } from 'react-dom/client'

const count = Number(new URLSearchParams(location.search).get('nodes') ?? 200)
const ACROSS = 20

/** As React Flow's own stress example: its plain nodes in a grid, each joined to the next. */
const nodes: Node[] = Array.from({ length: count }, (_, number) => ({
  id: String(number),
  position: { x: (number % ACROSS) * 280, y: Math.floor(number / ACROSS) * 120 },
  data: { label: `Node ${number}` },
}))
const edges: Edge[] = nodes.slice(1).map((node, number) => ({
  id: `${number}-${node.id}`,
  source: String(number),
  target: node.id,
}))

function Stress() {
  const [shown, , changeNodes] = useNodesState(nodes)
  const [joined, setJoined, changeEdges] = useEdgesState(edges)
  return (
    <ReactFlow
      nodes={shown}
      edges={joined}
      onNodesChange={changeNodes}
      onEdgesChange={changeEdges}
      onConnect={(connection: Connection) => setJoined(all => addEdge(connection, all))}
      fitView
      minZoom={0.1}
    >
      <MiniMap />
      <Controls />
      <Background />
    </ReactFlow>
  )
}

const root = document.getElementById('root')
if (root) createRoot(root).render(<Stress />)
