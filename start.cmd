@echo off
rem Starts TaskRouterX on Windows: the doctor installs and builds what is missing, then the server runs. Arguments go to the server.
setlocal
where node >nul 2>nul
if errorlevel 1 (
  echo Node.js 20.19 or newer is needed, none found. Try: winget install OpenJS.NodeJS.LTS 1>&2
  exit /b 71
)
node "%~dp0scripts\doctor.mjs" --install
if errorlevel 1 exit /b %errorlevel%
node "%~dp0dist\src\main.js" %*
exit /b %errorlevel%
