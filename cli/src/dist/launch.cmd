@echo off
rem Tokapu's command line on Windows, from the folder where this script lies as tokapu.cmd (bundle.sh laid it out), which has the jars in
rem lib and Java's options in java.args. Java, 17 or later, is that of the folder runtime, else of JAVA_HOME, else the first in PATH.
setlocal EnableExtensions DisableDelayedExpansion
set "home=%~dp0"
set "java=%home%runtime\bin\java.exe"
if exist "%java%" goto found
if defined JAVA_HOME set "java=%JAVA_HOME:"=%\bin\java.exe"
if exist "%java%" goto found
set "java="
rem Never one that lies in the current folder.
for %%j in (java.exe) do set "java=%%~$PATH:j"
if defined java goto found
echo tokapu: there is no Java in JAVA_HOME and none in PATH: install Java 17 or later 1>&2
exit /b 70

:found
set "native="
if exist "%home%native\tokapu.dll" set native="-Dtokapu.native.dir=%home%native"
rem Java itself gets arguments in the system's code page, which lacks most letters; Main takes these.
set TOKAPU_ARGUMENTS=%*
rem Answers are UTF-8; afterwards the console is as it was.
set "codepage="
for /f "tokens=2 delims=:." %%c in ('chcp 2^>nul') do set "codepage=%%c"
chcp 65001 >nul 2>nul
"%java%" @"%home%java.args" %native% -cp "%home%lib\*" dev.tokapu.cli.Main
set "status=%errorlevel%"
if defined codepage chcp%codepage% >nul 2>nul
exit /b %status%
