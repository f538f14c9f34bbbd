import { createBrowserRouter, Navigate } from 'react-router'
import { PageLoader } from '@/components/PageLoader'
import { RequireSession } from '@/session/RequireSession'
import { PageNotFound, RouteError } from './RouteError'
import { Shell } from './shell/Shell'

/** Every address; each page's code is loaded when it is first opened. */
export const router = createBrowserRouter([
  {
    ErrorBoundary: RouteError,
    HydrateFallback: PageLoader,
    children: [
      { path: '/sign-in', lazy: () => import('@/session/SignInPage') },
      { path: '/invitation', lazy: () => import('@/session/InvitationPage') },
      {
        Component: RequireSession,
        children: [
          {
            Component: Shell,
            children: [
              {
                // Inside the shell, so that a page that fails leaves the navigation.
                ErrorBoundary: RouteError,
                children: [
                  { index: true, element: <Navigate to="/pipelines" replace /> },
                  { path: 'pipelines', lazy: () => import('@/features/pipelines/PipelinesPage') },
                  { path: 'pipelines/new', lazy: () => import('@/features/editor/EditorPage') },
                  { path: 'pipelines/:pipelineId', lazy: () => import('@/features/editor/EditorPage') },
                  { path: 'pipelines/:pipelineId/versions', lazy: () => import('@/features/history/VersionsPage') },
                  { path: 'pipelines/:pipelineId/schedule', lazy: () => import('@/features/schedule/SchedulePage') },
                  { path: 'pipelines/:pipelineId/webhooks', lazy: () => import('@/features/webhooks/WebhooksPage') },
                  { path: 'pipelines/:pipelineId/alerts', lazy: () => import('@/features/alerts/AlertsPage') },
                  {
                    path: 'pipelines/:pipelineId/runs/:dagRunId',
                    lazy: () => import('@/features/executions/AirflowRunPage'),
                  },
                  { path: 'alerts', lazy: () => import('@/features/alerts/DefaultsPage') },
                  { path: 'templates', lazy: () => import('@/features/templates/TemplatesPage') },
                  { path: 'files', lazy: () => import('@/features/files/FilesPage') },
                  { path: 'connections', lazy: () => import('@/features/connections/ConnectionsPage') },
                  { path: 'modules', lazy: () => import('@/features/modules/ModulesPage') },
                  { path: 'users', lazy: () => import('@/features/users/UsersPage') },
                  { path: 'audit', lazy: () => import('@/features/audit/AuditPage') },
                  { path: 'profile', lazy: () => import('@/features/profile/ProfilePage') },
                  { path: 'executions', lazy: () => import('@/features/executions/ExecutionsPage') },
                  { path: 'executions/:executionId', lazy: () => import('@/features/executions/ExecutionPage') },
                  { path: '*', Component: PageNotFound },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
])
