export const session = {
  title: 'Sign in',
  welcome: 'Welcome to LogiData',
  tagline: 'Draw a data pipeline; Apache Airflow runs it.',
  username: 'E-mail',
  password: 'Password',
  signIn: 'Sign in',
  failed: 'E-mail or password is wrong.',
  overTitle: 'Your session has ended',
  over: 'Sign in again to go on. Nothing that you edited is lost.',
  firstTime: 'The first password was printed by `make up`; it is kept in var/secrets.env.',
  signedOut: 'You are signed out.',
}
